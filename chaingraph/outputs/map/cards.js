/* Paints the products: as cards in an open band, as small marks in a closed one. */
function paintProduct(ctx, at, place, scale) {
  const look = isLit(at) ? looks(at) : fade(looks(at));
  const x = place.x - place.w / 2, y = place.y - place.h / 2;
  if (at === view.picked) {
    ctx.strokeStyle = colors.ink;
    ctx.lineWidth = Math.max(2.2, 1.8 / scale);
    box(ctx, x - 3.5, y - 3.5, place.w + 7, place.h + 7, place.card ? 9 : 4);
    ctx.stroke();
  }
  if (place.card) paintCard(ctx, at, x, y, look, scale);
  else paintGlyph(ctx, x, y, look);
}

/* Full: here; hatched: under construction; a frame in a frame: signed; empty: absent. */
function paintGlyph(ctx, x, y, look) {
  const s = GLYPH;
  ctx.lineWidth = look.kind === 'broken' ? 1.8 : 1.2;
  ctx.strokeStyle = look.line;
  box(ctx, x, y, s, s, 2.5);
  ctx.fillStyle = look.state === 'present' ? look.line : look.fill;
  ctx.fill();
  if (look.state === 'building') hatch(ctx, x, y, s, s, look.line, 4);
  ctx.setLineDash(look.kind === 'void' && look.state === 'absent' ? [2, 2] : []);
  box(ctx, x, y, s, s, 2.5);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.state === 'signed') {
    box(ctx, x + 3, y + 3, s - 6, s - 6, 1);
    ctx.stroke();
  }
  if (look.kind === 'broken') cross(ctx, x, y, s, look.badge);
  if (look.kind === 'weak') corner(ctx, x, y, s, look);
  if (look.kind === 'short' && look.state === 'absent') {
    box(ctx, x + 1, y + s / 2, s - 2, s / 2 - 1, 1);
    ctx.fillStyle = look.badge;
    ctx.fill();
  }
}

function cross(ctx, x, y, s, color) {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.6;
  line(ctx, [[x + 3.5, y + 3.5], [x + s - 3.5, y + s - 3.5]]);
  line(ctx, [[x + s - 3.5, y + 3.5], [x + 3.5, y + s - 3.5]]);
}

function corner(ctx, x, y, s, look) {
  ctx.fillStyle = look.badge;
  ctx.beginPath();
  ctx.moveTo(x + s * 0.3, y - 1.5);
  ctx.lineTo(x + s + 1.5, y - 1.5);
  ctx.lineTo(x + s + 1.5, y + s * 0.7);
  ctx.fill();
}

function hatch(ctx, x, y, w, h, color, step) {
  ctx.strokeStyle = color;
  ctx.lineWidth = step * 0.36;
  for (let at = step; at < w + h; at += step) {
    const one = at < w ? [x + at, y] : [x + w, y + at - w];
    const two = at < h ? [x, y + at] : [x + at - h, y + h];
    line(ctx, [one, two]);
  }
}

function paintCard(ctx, at, x, y, look, scale) {
  const far = scale < TEXT_AT, thin = Math.max(1.1, 0.8 / scale);
  box(ctx, x, y, W, H, 6);
  ctx.fillStyle = far && look.state === 'present' ? look.bar : look.fill;
  ctx.fill();
  if (look.state === 'present' && !far) {
    ctx.fillStyle = look.bar;
    box(ctx, x, y, 5, H, 2.5);
    ctx.fill();
  }
  if (look.state === 'building') hatch(ctx, x + 1, y + 1, far ? W - 2 : 8, H - 2, look.bar, far ? 9 : 5);
  ctx.strokeStyle = look.line;
  ctx.lineWidth = look.kind === 'broken' ? thin * 1.5 : thin;
  ctx.setLineDash(look.kind && look.state === 'absent' ? [5, 3] : []);
  box(ctx, x, y, W, H, 6);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.state === 'signed') {
    ctx.lineWidth = thin * 0.9;
    box(ctx, x + 3, y + 3, W - 6, H - 6, 4);
    ctx.stroke();
  }
  if (!far) paintName(ctx, at, x, y, look);
  if (look.star) star(ctx, x + 4.5, y, far ? 9 : 5.4, look.faded ? look.badge : colors.gap);
  if (look.kind) paintBadge(ctx, x + W - 2, y + 0.5, look, at, far);
}

function paintName(ctx, at, x, y, look) {
  const left = look.state === 'present' || look.state === 'building' ? 10 : 6;
  const start = x + left, width = W - left - (look.kind ? 10 : 5);
  const foot = look.faded ? '' : footText(at);
  const sizes = zh() ? [13.5, 12.5, 11.5, 10.5, 9.5] : [12.5, 11.6, 10.8, 10, 9.2, 8.6, 8];
  const fit = fitText(ctx, nameOf(at), width, H - 5, sizes, 600);
  const roomy = fit.lines.length === 1 && foot;
  const middle = y + H / 2 + (roomy ? -7 : 0.5), pitch = fit.size * 1.15;
  fit.lines.forEach((each, row) => write(ctx, each, start, middle + (row - (fit.lines.length - 1) / 2) * pitch, fit.size, look.ink, 600));
  if (roomy) {
    ctx.font = '400 10px ' + FONT;
    write(ctx, shorten(ctx, foot, width), start, y + H - 11, 10, mix(look.ink, look.fill, 0.86), 400);
  }
}

function footText(at) {
  const unit = products.unit[at], capacity = now.capacity[at];
  if (capacity > 0) return amount(capacity, unit) + perYear(unit);
  if (now.state[at] !== 3) return '';
  const makers = now.makers(at).filter(each => each.maker >= 0 && each.state === 3).length;
  return makers ? say(makers === 1 ? 'one_firm' : 'n_firms', {n: makers}) : isLanded({product: at}) ? say('assumed') : '';
}

function star(ctx, x, y, r, color) {
  ctx.beginPath();
  for (let at = 0; at < 10; at += 1) {
    const angle = Math.PI * (at / 5 - 0.5), reach = at % 2 ? r * 0.45 : r;
    const px = x + Math.cos(angle) * reach, py = y + Math.sin(angle) * reach;
    if (at) ctx.lineTo(px, py);
    else ctx.moveTo(px, py);
  }
  ctx.fillStyle = color;
  ctx.fill();
}

/* The kind of a gap as a letter in a badge of its own form; its size tells how large it is. */
function paintBadge(ctx, x, y, look, at, far) {
  const r = (far ? 11 : 6) + 4 * weightOf(at);
  const filled = look.kind === 'broken' || look.kind === 'short';
  ctx.fillStyle = filled ? look.badge : colors.card;
  ctx.strokeStyle = look.badge;
  ctx.lineWidth = 1.3;
  if (look.kind === 'broken') diamond(ctx, x, y, r * 1.3);
  else if (look.kind === 'weak') box(ctx, x - r, y - r, 2 * r, 2 * r, 2.5);
  else box(ctx, x - r, y - r, 2 * r, 2 * r, r);
  ctx.fill();
  ctx.stroke();
  if (!far) write(ctx, kindTag(look.kind), x, y + 0.5, r * (zh() ? 1.32 : 1.5), filled ? colors.card : look.badge, 700, 'center');
}

function diamond(ctx, x, y, r) {
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
}
