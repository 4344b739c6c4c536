/* Colours, the way a state looks, and how text is fitted; all from the variables of map.css. */
const colors = {};
function readColors(theme) {
  const root = document.documentElement;
  const old = root.dataset.theme;
  if (theme) root.dataset.theme = theme;
  const style = getComputedStyle(root);
  ['ink', 'soft', 'line', 'page', 'panel', 'card', 'void', 'here', 'here-fill', 'build', 'build-fill',
    'gap', 'gap-fill', 'wire', 'focus', 'chain', 'band'].forEach(name => {
    colors[name] = style.getPropertyValue('--' + name).trim();
  });
  if (theme) root.dataset.theme = old;
}

const mixed = new Map();
const channels = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
const hexOf = values => '#' + values.map(value => Math.round(value).toString(16).padStart(2, '0')).join('');
function mix(color, ground, share) {
  const key = color + ground + share;
  if (!mixed.has(key)) {
    const one = channels(color), two = channels(ground);
    mixed.set(key, hexOf(one.map((value, at) => value * share + two[at] * (1 - share))));
  }
  return mixed.get(key);
}

/* State by fill and outline, gap by dashes and a badge; never by colour alone. */
function looks(at) {
  const state = stateOf(at), kind = kindOf(at);
  const line = {present: colors.here, building: colors.build, signed: colors.build, absent: colors.void}[state];
  const urgent = kind === 'broken' || kind === 'weak';
  return {
    state, kind, urgent, star: isNamedItself(at),
    line: kind === 'broken' && state === 'absent' ? colors.gap : line,
    fill: state === 'present' ? colors['here-fill'] : state === 'absent' ? colors.card : colors['build-fill'],
    bar: state === 'absent' ? null : line,
    ink: state === 'absent' && !urgent ? colors.soft : colors.ink,
    badge: urgent ? colors.gap : colors.void,
  };
}

function fade(look) {
  const ground = colors.band, pale = (color, share) => color && mix(color, ground, share);
  return Object.assign({}, look, {
    faded: true, line: pale(look.line, 0.3), fill: pale(look.fill, 0.35), bar: pale(look.bar, 0.3),
    ink: pale(colors.soft, 0.55), badge: pale(look.badge, 0.35),
  });
}

/* ---------------------------------------------------------------- texts */

const fitted = new Map();
const plain = text => text.slice(0, 160).replace(BIDI, '').replace(/\s+/g, ' ');

/* The largest size at which a text fits into a width and height without being cut. */
function fitText(ctx, text, width, height, sizes, weight) {
  const key = [text.slice(0, 160), width, height, sizes[0], weight].join('|');
  if (!fitted.has(key)) {
    if (fitted.size > 9000) fitted.clear();
    fitted.set(key, findFit(ctx, plain(text), width, height, sizes, weight));
  }
  return fitted.get(key);
}

function findFit(ctx, text, width, height, sizes, weight) {
  let fit = null;
  for (const [size, whole] of sizes.map(each => [each, true]).concat(sizes.slice(1).map(each => [each, false]))) {
    ctx.font = weight + ' ' + size + 'px ' + FONT;
    const most = Math.max(1, Math.floor(height / (size * 1.14)));
    const lines = breakText(ctx, text, width);
    fit = {size, lines: lines.slice(0, most)};
    if (lines.length <= most && !(whole && lines.broken)) return fit;
  }
  const last = fit.lines.length - 1;
  fit.lines[last] = shorten(ctx, fit.lines[last] + '……', width);
  return fit;
}

const TOKENS = /[(（]?(?:[A-Za-z0-9.,'’%+\u00c0-\u024f\u0370-\u03ff]+[)\-/\u2013]?|[^])[)）、，]?/gu;
/* Lines no wider than a width; a word too long for one is broken with a hyphen. */
function breakText(ctx, text, width) {
  const lines = [];
  let line = '';
  const fits = part => ctx.measureText(part).width <= width;
  (text.match(TOKENS) || []).forEach(token => {
    if (!line.trim() ? fits(token.trimEnd()) : fits(line + token.trimEnd())) {
      line += token;
      return;
    }
    if (line.trim()) lines.push(line.trim());
    line = token.trimStart();
    while (!fits(line.trimEnd())) {
      const letters = Array.from(line);
      let cut = letters.length - 1;
      while (cut > 1 && !fits(letters.slice(0, cut).join('') + '-')) cut -= 1;
      if (letters.length - cut < 3 && cut > 4) cut -= 3;
      lines.push(letters.slice(0, cut).join('') + '-');
      lines.broken = true;
      line = letters.slice(cut).join('');
      if (cut <= 1) break;
    }
  });
  if (line.trim() || !lines.length) lines.push(line.trim());
  return lines;
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
