/* Colours and the way a state looks, from the variables of map.css. */
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
