/* What the planner can do.  Each action changes `view` and calls `update`, which works out
   again what depends on it and shows it. */
function update(changed) {
  const has = (...names) => names.some(name => changed.includes(name));
  if (has('time')) resurvey();
  if (has('time', 'filter')) refilter();
  if (has('pick', 'time', 'filter', 'scene')) relight();
  if (has('scene') || (view.related && has('pick'))) rebuild();
  if (has('time', 'filter', 'lang')) fillLegend();
  if (has('time', 'lang', 'landed')) fillTime();
  if (has('time', 'pick', 'lang', 'size')) showDrawer();
  if (has('time', 'landed', 'lang', 'panel')) fillLandings();
  if (has('time', 'filter', 'lang', 'filters')) fillFilters();
  if (view.table && has('time', 'filter', 'lang', 'table', 'pick')) fillTable();
  remember();
  if (net) net.redraw();
}

function pick(at, options) {
  const opts = options || {}, was = view.related;
  view.picked = at;
  view.choosing = false;
  view.path = view.bundle = null;
  if (at < 0) view.related = false;
  else if (opts.related || !canPlace(at) || lacksPlace(at)) view.related = true;
  const opens = at >= 0 && !view.related && canPlace(at) && !view.open.has(products.branch[at]);
  if (opens) openBranch(products.branch[at]);
  update(['pick', ...(was || opens || view.related ? ['scene'] : [])]);
  if (at >= 0 && opts.move !== false) (view.related ? fitRelated : bringIntoSight)(at);
  else if (was && !view.related) fitWidth();
  announce(at < 0 ? '' : spoken(at));
}

/* In a branch with more products than there is room for, not all have a place of their own. */
const placed = new Set([].concat(...cardsOf.map(cards => cards.map(card => card.id))));
const canPlace = at => placed.has(at);
const lacksPlace = at => neighbours(at, true).concat(neighbours(at, false)).some(other => onMap[other] && !placed.has(other));

function openBranch(branch) {
  view.open.delete(branch);
  view.open.add(branch);
  let cards = 0;
  Array.from(view.open).reverse().forEach(each => {
    cards += cardsOf[bandOf.get(each)].length;
    if (cards > MOST_DRAWN && each !== branch) view.open.delete(each);
  });
  rebuild();
}

function toggleBand(branch) {
  refit = false;
  if (view.open.has(branch)) view.open.delete(branch);
  else openBranch(branch);
  update(['scene']);
  if (view.open.has(branch)) showBand(branch);
  else if (!view.open.size) showOverview();
  announce(branchName(branch) + ' ' + say(view.open.has(branch) ? 'opened' : 'closed_up'));
}

function showOverview() {
  view.open.clear();
  view.related = false;
  view.picked = -1;
  view.path = view.bundle = null;
  refit = true;
  update(['pick', 'scene']);
  fitWidth();
}

/* Everything open; of an atlas too large for that, as many branches as can be drawn. */
function showAll() {
  view.related = false;
  view.open.clear();
  let cards = 0;
  plan.bands.forEach((band, at) => {
    cards += cardsOf[at].length;
    if (cards <= MOST_DRAWN) view.open.add(band.branch);
  });
  refit = true;
  update(['pick', 'scene']);
  fitWidth();
  if (view.open.size < plan.bands.length) announce(say('not_all', {n: view.open.size, of: plan.bands.length}), true);
}

function setRelated(on) {
  view.related = on;
  if (!on && view.picked >= 0 && canPlace(view.picked) && !scene.places.has(view.picked)) openBranch(products.branch[view.picked]);
  update(['pick', 'scene']);
  if (on) fitRelated();
  else {
    fitWidth();
    if (view.picked >= 0) bringIntoSight(view.picked);
  }
}

function fitRelated() {
  refit = false;
  const free = room(), scale = Math.min(1.3, Math.max(0.5, Math.min(free.width / (scene.width + 40), free.height / (scene.height + 20))));
  const place = scene.places.get(view.picked);
  const whole = (size, room, at) => (size * scale <= room ? size / 2 : at);
  move(whole(scene.width, free.width, place.x), whole(scene.height, free.height, place.y), scale);
}

function setDepth(change) {
  const at = DEPTHS.indexOf(view.depth) + change;
  if (view.picked < 0 || at < 0 || at >= DEPTHS.length) return;
  view.depth = DEPTHS[at];
  view.path = view.bundle = null;
  update(['pick', ...(view.related ? ['scene'] : [])]);
  if (view.related) fitRelated();
  announce(say('depth_n', {n: depthWord(), up: countSide(-1), down: countSide(1)}));
}
const depthWord = () => (view.depth > 3 ? say('all') : String(view.depth));
const countSide = side => Array.from(relatives(view.picked, view.depth, Infinity).level.values()).filter(step => step * side > 0).length;

function pathTo(at) {
  const path = at === view.picked ? null : findPath(view.picked, at);
  view.choosing = false;
  if (!path) {
    announce(say('no_path', {from: nameOf(view.picked), to: nameOf(at)}), true);
    update(['pick']);
    return;
  }
  showPath(path);
}

function showPath(path) {
  view.path = path;
  view.bundle = null;
  view.related = false;
  path.products.forEach(each => { if (canPlace(each)) openBranch(products.branch[each]); });
  update(['pick', 'scene']);
  fitProducts(path.products);
  announce(path.products.map(nameOf).join(' → '));
}

/* Lights a set of products, such as what must land first. */
function showBundle(ats) {
  view.bundle = ats;
  view.path = null;
  view.related = false;
  ats.concat(view.picked).forEach(each => { if (canPlace(each)) openBranch(products.branch[each]); });
  update(['pick', 'scene']);
  fitProducts(ats.concat(view.picked));
}

function toggleFilter(name, value) {
  const set = view.filter[name];
  if (!set.delete(value)) set.add(value);
  update(['filter']);
}

function clearFilters() {
  Object.keys(view.filter).forEach(name => {
    if (view.filter[name] instanceof Set) view.filter[name].clear();
    else view.filter[name] = name === 'top' ? 0 : false;
  });
  update(['filter', 'filters']);
}

function setDay(day) {
  if (day === view.day) return;
  view.day = day;
  update(['time']);
}

function setMode(mode) {
  view.mode = mode;
  update(['time']);
}

const landingName = each => (each.project === undefined ? nameOf(each.product) : named(data.projects[each.project].name));
const sameLanding = (one, two) => one.project === two.project && one.product === two.product;
const isLanded = each => view.landed.some(other => sameLanding(each, other));
function toggleLanding(each) {
  view.landed = isLanded(each) ? view.landed.filter(other => !sameLanding(each, other)) : view.landed.concat(each);
  update(['time', 'landed']);
  announce(landingsSaid());
}

function setLang(lang) {
  view.lang = lang;
  fillWords();
}

function setTheme(theme) {
  view.theme = theme;
  document.documentElement.dataset.theme = theme;
  readColors();
  if (net) net.redraw();
}

/* Tells a screen reader; a notice that everyone must see shows for a while, too. */
function announce(text, visibly) {
  byId('live').textContent = text;
  const notice = byId('notice');
  notice.hidden = !visibly;
  notice.textContent = visibly ? text : '';
  clearTimeout(view.fading);
  if (visibly) view.fading = setTimeout(() => { notice.hidden = true; }, 6000);
}

function spoken(at) {
  return [nameOf(at), say(stateOf(at)), kindOf(at) ? kindName(kindOf(at)) : '',
    say('up_n', {n: neighbours(at, false).length}), say('down_n', {n: neighbours(at, true).length}),
  ].filter(Boolean).join(zh() ? '，' : ', ');
}
