/* Finding: search by name, pinyin, code and firm; the legend; the filters. */
const fold = text => text.normalize('NFKC').toLowerCase();
let entries = null;

/* Made on the first search: a large atlas opens faster without it. */
function searchEntries() {
  if (entries) return entries;
  entries = [];
  const put = (text, at, order, label) => { if (text) entries.push({text: fold(text), label: label || text, at, order}); };
  for (let at = 0; at < count; at += 1) {
    if (!onMap[at]) continue;
    products.name[at].forEach((name, order) => put(name, at, order));
    const detail = data.details[at] || {};
    (detail.aliases || []).forEach(alias => put(alias, at, 3));
    put(products.id[at], at, 4);
    (detail.codes || []).forEach(code => {
      put(code, at, 4);
      put(code.split(' ').pop(), at, 4, code);
    });
    if (products.spelling[at]) products.spelling[at].split(' ').forEach(word => put(word, at, 6, nameOf(at)));
    (detail.elsewhere || []).forEach(firm => firm.name.concat(firm.aliases || []).forEach(name => put(name, at, 12)));
  }
  data.facts.makers.product.forEach((at, maker) => {
    if (!onMap[at]) return;
    const project = data.facts.makers.project[maker];
    const who = project >= 0 ? data.projects[project] : data.enterprises[data.facts.makers.enterprise[maker]];
    who.name.concat(who.aliases || [], who.firm || []).forEach(name => put(name, at, 9));
    (who.spelling || '').split(' ').forEach(word => put(word, at, 10, named(who.name)));
  });
  return entries;
}

function findHits(words) {
  const wanted = fold(words.trim());
  if (!wanted) return [];
  const best = new Map();
  searchEntries().forEach(entry => {
    const where = entry.text.indexOf(wanted);
    if (where < 0) return;
    const exact = entry.text === wanted ? 0 : where === 0 ? 100 : 200;
    const cost = exact + entry.order * 5 + Math.min(entry.text.length, 60) / 60;
    if (!best.has(entry.at) || cost < best.get(entry.at).cost) best.set(entry.at, {cost, entry});
  });
  return Array.from(best.values()).sort((one, two) => one.cost - two.cost).map(hit => hit.entry);
}

const MOST_HITS = 14;
const found = {hits: [], hit: -1};
function showHits() {
  const list = byId('hits'), field = byId('search');
  const all = findHits(field.value);
  found.hits = all.slice(0, MOST_HITS);
  found.hit = found.hits.length ? 0 : -1;
  list.textContent = '';
  found.hits.forEach((entry, order) => add(list, hitItem(entry, order)));
  if (!all.length) add(list, saidItem(say('no_results')));
  else if (all.length > MOST_HITS) add(list, saidItem(say('more', {n: tidy(all.length - MOST_HITS)})));
  list.hidden = !field.value.trim();
  field.setAttribute('aria-expanded', String(!list.hidden));
  markHit();
}

function saidItem(text) {
  const item = make('li', 'sub', text);
  item.setAttribute('role', 'option');
  item.setAttribute('aria-disabled', 'true');
  return item;
}

function hitItem(entry, order) {
  const item = make('li'), shown = nameOf(entry.at);
  item.id = 'hit-' + order;
  item.setAttribute('role', 'option');
  item.addEventListener('mousedown', event => {
    event.preventDefault();
    takeHit(order);
  });
  const extra = entry.label === shown || entry.label === products.id[entry.at] ? '' : entry.label;
  return add(item, markOf(entry.at), make('span', 'name', shown), make('span', 'sub', join([extra, branchName(products.branch[entry.at])])));
}

function markHit() {
  byId('hits').querySelectorAll('[id^=hit-]').forEach((item, order) => {
    item.setAttribute('aria-selected', String(order === found.hit));
    if (order === found.hit) item.scrollIntoView({block: 'nearest'});
  });
  if (found.hit >= 0) byId('search').setAttribute('aria-activedescendant', 'hit-' + found.hit);
  else byId('search').removeAttribute('aria-activedescendant');
}

function takeHit(order) {
  const entry = found.hits[order];
  byId('search').value = '';
  closeHits();
  if (!entry) return;
  if (view.choosing && view.picked >= 0) pathTo(entry.at);
  else pick(entry.at);
  focusView();
}

function closeHits() {
  found.hits = [];
  found.hit = -1;
  byId('hits').hidden = true;
  byId('search').setAttribute('aria-expanded', 'false');
  byId('search').removeAttribute('aria-activedescendant');
}

function searchKey(event) {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (byId('hits').hidden) showHits();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (found.hits.length) found.hit = (found.hit + step + found.hits.length) % found.hits.length;
    markHit();
  } else if (event.key === 'Enter' && !event.isComposing) {
    takeHit(found.hit);
  } else if (event.key === 'Escape') {
    event.stopPropagation();
    byId('search').value = '';
    closeHits();
    if (view.choosing) pick(view.picked, {move: false});
    focusView();
  }
}

/* --------------------------------------------------------------- legend */

function filterButton(name, value, mark, text, number, hint) {
  const on = value === undefined ? view.filter[name] : view.filter[name].has(value);
  const button = press('', undefined, () => {
    if (value === undefined) {
      view.filter[name] = !view.filter[name];
      update(['filter']);
    } else toggleFilter(name, value);
  });
  button.dataset.key = name + (value === undefined ? '' : '-' + value);
  button.setAttribute('aria-pressed', String(on));
  if (hint) button.title = hint;
  return add(button, mark, make('span', '', text), make('b', '', String(number || 0)));
}

const fillLegend = () => refill(byId('legend'), () => makeLegend(byId('legend')));

function makeLegend(legend) {
  legend.textContent = '';
  legend.setAttribute('aria-label', say('legend'));
  const states = countBy('state', stateOf), kinds = countBy('kind', kindOf);
  STATES.slice().reverse().forEach(state => add(legend, filterButton('state', state, stateMark(state, ''), say(state), states.get(state))));
  add(legend, make('span', 'gap'));
  KINDS.slice(1).forEach(kind => add(legend, filterButton('kind', kind, gapMarks(kind),
    zh() ? kindWords(kind) : kindName(kind), kinds.get(kind), kindWords(kind))));
  const flagships = countBy('named', isNamed).get(true);
  if (flagships) add(legend, filterButton('named', undefined, make('span', 'star', '★'), say('named_short'), flagships, say('named_hint')));
  add(legend, make('span', 'gap'));
  LINKS.forEach(kind => {
    const button = press('key', undefined, () => toggleFilter('link', kind));
    button.dataset.key = 'link-' + kind;
    button.setAttribute('aria-pressed', String(view.filter.link.has(kind)));
    button.title = say('width_hint');
    add(legend, add(button, linkMark(kind), make('span', '', say(kind))));
  });
  if (filtersOn().length || view.filter.link.size) {
    const clear = press('clear', say('clear_filters'), clearFilters);
    clear.id = 'clear-filters';
    add(legend, clear);
  }
}

/* A gap as it looks on a closed band and as it looks on a card. */
function gapMarks(kind) {
  return add(make('span', 'pair'), stateMark(kind === 'weak' ? 'present' : 'absent', kind), badgeMark(kind));
}

function badgeMark(kind) {
  const svg = shape('svg', {class: 'mark', width: 15, height: 15, viewBox: '-7.5 -7.5 15 15', 'aria-hidden': 'true'});
  const color = kind === 'broken' || kind === 'weak' ? 'var(--gap)' : 'var(--void)', filled = kind === 'broken' || kind === 'short';
  const look = {fill: filled ? color : 'var(--card)', stroke: color, 'stroke-width': 1.1};
  if (kind === 'broken') add(svg, shape('path', Object.assign({d: 'M0-7 7 0 0 7-7 0Z'}, look)));
  else if (kind === 'weak') add(svg, shape('rect', Object.assign({x: -6, y: -6, width: 12, height: 12, rx: 2}, look)));
  else add(svg, shape('circle', Object.assign({r: 6.4}, look)));
  const tag = shape('text', {y: 3.1, 'text-anchor': 'middle', 'font-size': 8.6, 'font-weight': 700, fill: filled ? 'var(--card)' : color});
  tag.textContent = kindTag(kind);
  return add(svg, tag);
}

function linkMark(kind) {
  const svg = shape('svg', {class: 'mark', width: 24, height: 10, viewBox: '0 0 24 10', 'aria-hidden': 'true'});
  const color = {energy: 'var(--build)', byproduct: 'var(--here)'}[kind] || 'var(--wire)';
  const look = {d: 'M1 5H23', stroke: color, 'stroke-width': 1.8, fill: 'none'};
  if (DASHES[kind].length) look['stroke-dasharray'] = DASHES[kind].join(' ');
  return add(svg, shape('path', look));
}

/* What the filters keep, in words, for pictures. */
function filterText() {
  const sayers = {state: say, stage: say, kind: kindName, branch: branchName, link: say};
  const parts = Object.keys(sayers).map(name => listed(Array.from(view.filter[name], sayers[name])));
  return join([...parts, view.filter.named && say('named_short'), view.filter.top && say('top_n', {n: view.filter.top})]);
}

/* -------------------------------------------------------------- filters */

function fillFilters() {
  if (!byId('side').hidden) refill(byId('side'), () => makeFilters(byId('side')));
}

function makeFilters(side) {
  side.textContent = '';
  side.setAttribute('aria-label', say('filters'));
  add(side, closer('side'), make('h2', '', say('filters')), make('h3', '', say('stage')));
  const stages = countBy('stage', at => STAGES[products.stage[at]]);
  STAGES.forEach(stage => add(side, checkRow('stage', stage, say(stage), stages.get(stage), 'stage-' + stage)));
  add(side, make('h3', '', say('score')), topSelect(), make('h3', '', say('badge_size')), sizeSelect());
  add(side, make('h3', '', say('branches')));
  const branches = countBy('branch', at => products.branch[at]);
  let cluster = -1, chain = -1;
  plan.bands.forEach(band => {
    const branch = band.branch, own = data.branches[branch].chain, group = data.chains[own];
    if (group && group.cluster >= 0 && group.cluster !== cluster) {
      const inCluster = data.branches.map((each, at) => at).filter(at => (data.chains[data.branches[at].chain] || {}).cluster === group.cluster);
      add(side, groupRow(say('cluster_of', {name: named(data.clusters[group.cluster].name)}), inCluster, 'cluster-' + group.cluster, branches));
    }
    if (group && own !== chain) add(side, groupRow(named(group.name), group.branches, 'chain-' + own, branches));
    cluster = group ? group.cluster : -1;
    chain = own;
    add(side, checkRow('branch', branch, branchName(branch), branches.get(branch), 'branch-' + branch));
  });
}

function checkRow(name, value, text, number, key) {
  const input = check(view.filter[name].has(value), key, () => toggleFilter(name, value));
  return add(make('label', 'check inner'), input, make('span', '', text), make('b', '', String(number || 0)));
}

function groupRow(text, branches, key, numbers) {
  const shown = branches.filter(branch => bandOf.has(branch));
  const on = shown.every(branch => view.filter.branch.has(branch));
  const input = check(on, key, () => {
    shown.forEach(branch => (on ? view.filter.branch.delete(branch) : view.filter.branch.add(branch)));
    update(['filter']);
  });
  const sum = shown.reduce((all, branch) => all + (numbers.get(branch) || 0), 0);
  return add(make('label', 'check outer'), input, make('span', '', text), make('b', '', String(sum)));
}

function check(on, key, action) {
  const input = make('input');
  input.type = 'checkbox';
  input.checked = on;
  input.dataset.key = key;
  input.addEventListener('change', action);
  return input;
}

function select(id, label, options, value, action) {
  const element = make('select');
  element.id = id;
  element.dataset.key = id;
  element.setAttribute('aria-label', label);
  options.forEach(([key, text]) => {
    const option = make('option', '', text);
    option.value = key;
    option.selected = String(key) === String(value);
    add(element, option);
  });
  element.addEventListener('change', () => action(element.value));
  return element;
}

const TOPS = [0, 5, 10, 20, 50, 100];
function topSelect() {
  const options = TOPS.map(n => [n, n ? say('top_n', {n}) : say('all')]);
  return select('top', say('score'), options, view.filter.top, value => {
    view.filter.top = Number(value);
    update(['filter']);
  });
}

function sizeSelect() {
  return select('size', say('badge_size'), [['score', say('by_score')], ['shortfall', say('by_shortfall')]], view.size, value => {
    view.size = value;
    update(['size']);
  });
}
