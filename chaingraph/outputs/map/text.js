/* How a text is fitted into a box: as large as fits, in even lines, a word divided only where it
   must be and then where a chemist would. */
const fitted = new Map();
const plain = text => text.slice(0, 160).replace(BIDI, '').replace(/\s+/g, ' ');
const LEADING = 1.15, KEPT_WHOLE = 0.8, MOST_EVEN = 5;

function fitText(ctx, text, width, height, sizes, weight) {
  const key = [text.slice(0, 160), width, height, sizes[0], weight].join('|');
  if (!fitted.has(key)) {
    if (fitted.size > 9000) fitted.clear();
    fitted.set(key, findFit(ctx, plain(text), width, height, sizes, weight));
  }
  return fitted.get(key);
}

/* A somewhat smaller size is taken where no word need then be divided. */
function findFit(ctx, text, width, height, sizes, weight) {
  let fit = null, last = null;
  for (const size of sizes) {
    if (fit && size < KEPT_WHOLE * fit.size) break;
    ctx.font = weight + ' ' + size + 'px ' + FONT;
    const lines = evenLines(ctx, text, width);
    last = {size, lines, width};
    if (size * (1 + LEADING * (lines.length - 1)) > height) continue;
    if (!lines.divided) return last;
    fit = fit || last;
  }
  return fit || cutFit(ctx, last, height, weight);
}

function cutFit(ctx, {size, lines, width}, height, weight) {
  const most = Math.max(1, Math.floor((height / size - 1) / LEADING + 1));
  ctx.font = weight + ' ' + size + 'px ' + FONT;
  return {size, lines: lines.slice(0, most - 1).concat(shorten(ctx, lines[most - 1] + '……', width))};
}

/* Lines as even as can be without one more of them. */
function evenLines(ctx, text, width) {
  let lines = breakText(ctx, text, width);
  if (lines.divided || lines.length < 2 || lines.length > MOST_EVEN) return lines;
  let low = ctx.measureText(text).width / lines.length, high = width;
  for (let round = 0; round < 5; round += 1) {
    const middle = (low + high) / 2, tried = breakText(ctx, text, middle);
    if (tried.length === lines.length && !tried.divided) {
      lines = tried;
      high = middle;
    } else low = middle;
  }
  return lines;
}

/* What is not broken: a word with its hyphen, an interval, a character with its marks. */
const TOKENS = /[(（]?(?:\d+(?:[-–.,:]\d+)+|[A-Za-z0-9.,'’%+&\u00c0-\u024f\u0370-\u03ff]+[)\]/–-]*|[^])[)）、，]*/gu;
function breakText(ctx, text, width) {
  const lines = [];
  let line = '';
  (text.match(TOKENS) || []).forEach(token => {
    const parts = divide(ctx, token, width);
    if (parts.length > 1) lines.divided = true;
    parts.forEach(part => {
      if (line.trim() && ctx.measureText(line + part.trimEnd()).width > width) {
        lines.push(line.trim());
        line = '';
      }
      line += part;
    });
  });
  if (line.trim() || !lines.length) lines.push(line.trim());
  return lines;
}

function divide(ctx, token, width) {
  const parts = [];
  let word = Array.from(token.trim());
  if (word.length < 2 || ctx.measureText(token.trim()).width <= width) return [token];
  while (word.length > 1 && ctx.measureText(word.join('')).width > width) {
    let end = word.length - 1;
    while (end > 1 && ctx.measureText(word.slice(0, end).join('') + '-').width > width) end -= 1;
    const letters = /^[a-z]+$/i.test(word.slice(0, end).join(''));
    if (letters) end = syllable(word.join('').toLowerCase(), end);
    parts.push(word.slice(0, end).join('') + (letters ? '-' : ''));
    word = word.slice(end);
  }
  return parts.concat(word.join(''));
}

/* Where a word is best divided so that not more than so many letters come first. */
function syllable(word, end) {
  const vowel = at => 'aeiouy'.includes(word[at]);
  const near = [];
  for (let at = end; at > Math.max(2, end - 8); at -= 1) if (word.length - at > 2) near.push(at);
  const stem = near.find(at => data.stems.some(each => word.startsWith(each, at)));
  const after = near.find(at => vowel(at - 1) && !vowel(at));
  return stem || after || Math.max(1, end);
}

function shorten(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  let low = 0, high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ctx.measureText(letters.slice(0, middle).join('') + '…').width <= width) low = middle;
    else high = middle - 1;
  }
  return low ? letters.slice(0, low).join('').trim() + '…' : '';
}
