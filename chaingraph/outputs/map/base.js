/* What everything else stands on: the data of the page, words and figures.  Texts from the
   atlas only ever go through textContent and fillText. */
const read = id => JSON.parse(document.getElementById(id).textContent);
const byId = id => document.getElementById(id);
const data = read('data');
const products = data.products;
const count = products.id.length;
const numberOf = new Map(products.id.map((id, at) => [id, at]));
const [W, H] = data.layout.card;
const STATES = ['absent', 'signed', 'building', 'present'];
const KINDS = ['', 'broken', 'weak', 'short', 'void'];
const STAGES = ['upstream', 'midstream', 'downstream'];
const LINKS = ['material', 'energy', 'byproduct', 'equipment', 'service'];
const VIEWS = ['actual', 'building', 'plan'];
const HAN = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
/* Latin faces first in English: the quotes and widths of Chinese ones are not made for it. */
let FONT = HAN;
const chooseFont = () => { FONT = (zh() ? '' : '"Segoe UI","Helvetica Neue",Arial,') + HAN; };
const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/* What the planner has chosen; page.js puts it into the address. */
const view = {
  lang: data.lang, theme: 'light', day: data.asOf, mode: data.view,
  open: new Set(), picked: -1, depth: 1, related: false, path: null, bundle: null, hover: -1,
  table: false, sort: ['rank', 1], landed: [],
  filter: {state: new Set(), kind: new Set(), stage: new Set(), branch: new Set(), link: new Set(), named: false, top: 0},
  size: 'score',
};

/* ------------------------------------------------------------- words */

const zh = () => view.lang === 'zh';
const say = (key, values) => {
  const pair = data.words[key];
  const text = pair ? pair[zh() ? 0 : 1] : key;
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
};
const named = pair => pair[zh() ? 0 : pair.length - 1];
const otherName = pair => pair[zh() ? pair.length - 1 : 0];
const nameOf = at => named(products.name[at]);
const branchName = at => named(data.branches[at].name);
const join = parts => parts.filter(Boolean).join(' · ');
const listed = names => names.join(zh() ? '、' : ', ');

/* Under other rules than that of states only what to do about a gap is said. */
const remedy = kind => say(data.facts.rule === 'maturity' && kind === 'weak' ? 'upgrade' : 'do_' + kind);
const kindName = kind => (data.facts.rule === 'state' ? say(kind) : remedy(kind));
const kindWords = kind => (data.facts.rule === 'state' ? say(kind) + ' · ' + remedy(kind) : remedy(kind));
const kindTag = kind => (data.facts.rule === 'state' ? say('tag_' + kind) : Array.from(remedy(kind))[0].toUpperCase());

function tidy(value) {
  const text = Number(value.toPrecision(10)).toString();
  const parts = text.split('.');
  if (!/e/.test(text)) parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
  return parts.join('.');
}

/* What lies just between two goes to the even one, as in Python. */
function fourFigures(value) {
  const tie = /^(-?\d\.\d\d\d)50*(e.*)$/.exec(value.toExponential(30));
  return Number(tie && tie[1].slice(-1) % 2 === 0 ? tie[1] + tie[2] : value.toPrecision(4));
}

/* As the package's own sentences write it, to four figures. */
function amount(value, unit) {
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  const name = unit ? say(unit) : '', myriads = zh() ? (Math.abs(value) >= 1e8 ? 2 : Math.abs(value) >= 1e4 ? 1 : 0) : 0;
  const figures = fourFigures(value / 1e4 ** myriads);
  if (myriads) return figures + ' ' + ['万', '亿'][myriads - 1] + (name[0] >= '一' ? '' : ' ') + name;
  return ((Math.abs(value) >= 1e4 ? tidy(figures) : String(figures)) + ' ' + name).trim();
}

const perYear = unit => (unit && !/^(MW|kW|GW|mu)$/.test(unit) ? (zh() ? '' : ' ') + say('per_year') : '');
const ratio = unit => unit.split('/').map(part => say(part)).join('/');
const percent = share => (share === null || Number.isNaN(share) ? '–' : Math.round(share * 100) + '%');

function figure(found, unit) {
  if (!found) return '';
  const own = found.unit || unit;
  const range = found.range ? tidy(found.range[0]) + '–' + tidy(found.range[1]) : '';
  const value = found.value === undefined ? range : tidy(found.value) + (range ? ' (' + range + ')' : '');
  return value + (own ? ' ' + ratio(own) : '');
}

/* --------------------------------------------------------------- links */

const links = data.links;
const into = Array.from({length: count}, () => []);
const outOf = Array.from({length: count}, () => []);
links.from.forEach((from, at) => {
  outOf[from].push(at);
  into[links.to[at]].push(at);
});
const linkKind = at => LINKS[links.kind[at]];
const isMinor = at => (links.flags[at] & 2) > 0;

function neighbours(at, downstream) {
  const ends = downstream ? outOf[at].map(link => links.to[link]) : into[at].map(link => links.from[link]);
  return Array.from(new Set(ends)).filter(other => other !== at);
}

/* ------------------------------------------------------- small elements */

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

function add(parent, ...children) {
  children.filter(Boolean).forEach(child => parent.appendChild(child));
  return parent;
}

function shape(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  Object.keys(attributes).forEach(name => element.setAttribute(name, attributes[name]));
  return element;
}

/* Fills a part of the page anew and puts the focus back to where it was in it. */
function refill(part, fill) {
  const active = document.activeElement, had = part.contains(active) && active !== part;
  const key = had && (active.id || active.dataset.key);
  const scroll = part.scrollTop;
  fill();
  part.scrollTop = scroll;
  if (!had) return;
  const again = key && part.querySelector('[id="' + key + '"], [data-key="' + key + '"]');
  (again && !again.disabled ? again : part).focus();
}

function press(name, text, action) {
  const button = make('button', name, text);
  button.type = 'button';
  button.addEventListener('click', action);
  return button;
}
