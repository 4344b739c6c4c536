/* The page around the map: the drawer, search, the legend and the sidebar. */

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

function stateMark(state, kind, flagship) {
  const svg = shape('svg', {class: 'mark', width: 18, height: 13, viewBox: '0 0 18 13', 'aria-hidden': 'true'});
  const urgent = kind === 'broken' || kind === 'weak' || flagship;
  const ink = urgent ? 'var(--gap)' : {present: 'var(--here)', absent: 'var(--void)'}[state] || 'var(--build)';
  const frame = {x: 1, y: 1, width: 16, height: 11, rx: 2, fill: 'none', stroke: ink, 'stroke-width': flagship ? 2.2 : 1.3};
  if (state === 'present') add(svg, shape('rect', {x: 1, y: 1, width: kind ? 5 : 16, height: 11, rx: 2, fill: 'var(--here)'}));
  if (state === 'building') add(svg, shape('path', {d: 'M2 11 8 2M6 11 12 2M10 11 16 2', stroke: ink, 'stroke-width': 1.8}));
  if (state === 'signed') add(svg, shape('rect', {x: 4, y: 4, width: 10, height: 5, fill: 'none', stroke: ink}));
  if (kind) frame['stroke-dasharray'] = '3 2';
  add(svg, shape('rect', frame));
  return svg;
}

function linkMark(kind) {
  const svg = shape('svg', {class: 'mark', width: 22, height: 10, viewBox: '0 0 22 10', 'aria-hidden': 'true'});
  const color = {energy: 'var(--build)', byproduct: 'var(--here)'}[kind] || 'var(--wire)';
  const line = {d: 'M1 5H21', stroke: color, 'stroke-width': kind === 'critical' ? 3.2 : 1.8, fill: 'none'};
  if (DASHES[kind] && DASHES[kind].length) line['stroke-dasharray'] = DASHES[kind].join(' ');
  return add(svg, shape('path', line));
}

const markOf = product => stateMark(product.state, product.gap && product.gap.kind,
  Boolean(product.gap && product.gap.named));

/* ------------------------------------------------------------- drawer */

function jump(index) {
  const product = products[index];
  const button = make('button', 'jump');
  button.type = 'button';
  button.disabled = !places.has(index);
  button.addEventListener('click', () => pick(index));
  return add(button, markOf(product), make('span', '', named(product.name)));
}

/* Wide and narrow letters, capitals and small ones are searched alike. */
const fold = text => text.normalize('NFKC').toLowerCase();

function jumps(indexes) {
  return add(make('div', 'list'), ...indexes.map(jump));
}

function fillDrawer(index) {
  const drawer = byId('drawer'), product = products[index];
  const cited = [];
  drawer.textContent = '';
  drawer.scrollTop = 0;
  drawer.setAttribute('aria-label', say('details'));
  add(drawer, closeButton(), make('h2', '', named(product.name)), otherNames(product), badges(product));
  if (product.gap) addGap(drawer, product.gap, cited);
  addMakers(drawer, product, cited);
  addRoutes(drawer, product, cited);
  addUses(drawer, index);
  addElsewhere(drawer, product, cited);
  addLimits(drawer, product, cited);
  if (product.note) add(drawer, make('h3', '', say('note')), make('p', '', product.note));
  cite(cited, product.sources);
  addSources(drawer, cited);
}

function closeButton() {
  const button = make('button', 'close', '×');
  button.type = 'button';
  button.setAttribute('aria-label', say('close'));
  button.addEventListener('click', () => {
    pick(-1);
    byId('map').focus();
  });
  return button;
}

function otherNames(product) {
  const other = product.name.length > 1 ? otherName(product.name) : '';
  const text = join([other].concat(product.aliases || []));
  return text ? make('p', 'other', text) : null;
}

function badges(product) {
  const list = make('div', 'badges');
  add(list, add(make('span', 'badge'), stateMark(product.state), make('span', '', say(product.state))));
  if (product.gap) {
    const kind = product.gap.kind;
    add(list, make('span', 'badge is-gap', say(kind) + ' · ' + say('do_' + kind)));
    if (product.gap.named) add(list, make('span', 'badge is-named', '★ ' + say('named_short')));
  }
  add(list, make('span', 'badge', named(panelName(product)) + ' · ' + say(product.stage)));
  if (product.confidence) add(list, make('span', 'badge', say('confidence') + ' ' + say(product.confidence)));
  return list;
}

const panelName = product => (panelOf.get(product.branch) || {name: ['']}).name;

function addGap(drawer, gap, cited) {
  const why = make('p', 'why', named(gap.why));
  add(why, citations(cited, gap.sources));
  add(drawer, make('h3', '', say('gap')), why, make('p', '', named(gap.size)));
  if (gap.confidence) add(drawer, make('p', 'small', say('confidence') + ' ' + say(gap.confidence)));
  if (gap.missing) add(drawer, make('h4', '', say('missing')), jumps(gap.missing));
  if (gap.consumers) add(drawer, make('h4', '', say('consumers')), jumps(gap.consumers));
  if (gap.named) add(drawer, make('h4', '', say('named')), ...gap.named.map(name => make('p', '', named(name))));
}

function addMakers(drawer, product, cited) {
  [['enterprise', 'made_here'], ['project', 'pipeline']].forEach(([kind, title]) => {
    const makers = (product.makers || []).filter(maker => maker.kind === kind);
    if (makers.length) add(drawer, make('h3', '', say(title)), ...makers.map(maker => makerItem(maker, cited)));
  });
  if (product.byproductOf) add(drawer, make('h3', '', say('byproduct_of')), jumps(product.byproductOf));
  if (product.poolOf) add(drawer, make('h3', '', say('pool_of')), jumps(product.poolOf));
}

function makerItem(maker, cited) {
  const size = amount(maker.capacity, maker.unit);
  const head = add(make('div', 'head'), make('span', '', named(maker.name)),
    make('span', '', size ? size + perYear(maker.unit) : ''));
  const stage = maker.milestone ? say(data.words['milestone_' + maker.milestone] ? 'milestone_' + maker.milestone : maker.milestone) : '';
  const since = maker.since ? say('since') + ' ' + maker.since : maker.seen ? say('seen') + ' ' + maker.seen : '';
  const money = maker.investment ? say('investment') + ' ' + figure(maker.investment, '100m_CNY') : '';
  const trust = maker.confidence ? say('confidence') + ' ' + say(maker.confidence) : '';
  const line = make('p', 'small', join([stage || say(maker.state), since, money,
    maker.firm && named(maker.firm), maker.park ? named(maker.park) : maker.place, trust]));
  add(line, citations(cited, maker.sources));
  return add(make('div', 'item'), head, line, maker.note && make('p', 'small', maker.note));
}

function addRoutes(drawer, product, cited) {
  const routes = product.routes || [];
  if (!routes.length) return;
  add(drawer, make('h3', '', say('routes')));
  routes.forEach((route, at) => {
    const title = route.name ? named(route.name) : routes.length > 1 ? say('route') + ' ' + (at + 1) : '';
    if (title) add(drawer, make('h4', '', title));
    if (route.note) add(drawer, make('p', 'small', route.note));
    (route.inputs || []).forEach(flow => add(drawer, flowItem(flow, cited)));
    if (route.byproducts) {
      add(drawer, make('h4', '', say('byproducts')));
      route.byproducts.forEach(flow => add(drawer, flowItem(flow, cited)));
    }
  });
}

function flowItem(flow, cited) {
  const name = add(make('div'), jump(flow.of));
  if (flow.critical) add(name, make('span', 'tagline critical', say('critical')));
  if (flow.kind !== 'material') add(name, make('span', 'tagline', say(flow.kind)));
  add(name, citations(cited, flow.sources));
  const per = make('span', 'per', figure(flow.per, flow.unit));
  const trust = flow.confidence === 'L' ? say('confidence') + ' ' + say('L') : '';
  const said = join([flow.note, trust]);
  return add(make('div', 'flow'), name, per, said && make('span', 'small said', said));
}

function addUses(drawer, index) {
  const seen = new Set();
  const uses = outOf[index].map(at => edges[at])
    .filter(edge => edge.kind !== 'byproduct' && !seen.has(edge.to) && seen.add(edge.to));
  if (uses.length) {
    add(drawer, make('h3', '', say('used_by') + ' (' + uses.length + ')'), jumps(uses.map(edge => edge.to)));
  }
  const told = products[index].byproductOf || [];
  const rest = into[index].map(at => edges[at])
    .filter(edge => edge.kind === 'byproduct' && !told.includes(edge.from)).map(edge => edge.from);
  if (rest.length) add(drawer, make('h3', '', say('from_route')), jumps(rest));
  if (!outOf[index].length && !into[index].length) add(drawer, make('p', 'small', say('no_links')));
}

function addElsewhere(drawer, product, cited) {
  if (!product.elsewhere) return;
  add(drawer, make('h3', '', say('candidates')));
  product.elsewhere.forEach(firm => {
    const line = make('div', 'flow');
    const name = add(make('span', '', named(firm.name)), citations(cited, firm.sources));
    add(drawer, add(line, name, make('span', 'per', join([firm.place, firm.code]))));
  });
  if (product.elsewhereMore) add(drawer, make('p', 'small', say('more', {n: product.elsewhereMore})));
}

function addLimits(drawer, product, cited) {
  if (!product.limits) return;
  add(drawer, make('h3', '', say('limits')));
  product.limits.forEach(limit => {
    const text = make('p', '', limit.item + '  ' + limit.grades.map(tidy).join(' / ') + ' ' + limit.unit);
    const small = make('span', 'small', '  ' + join([limit.standard, limit.since && limit.since + ' ' + say('in_force')]));
    add(drawer, add(text, small, citations(cited, limit.sources)));
  });
}

function cite(cited, keys) {
  return (keys || []).map(key => {
    if (!cited.includes(key)) cited.push(key);
    return cited.indexOf(key) + 1;
  });
}

function citations(cited, keys) {
  const numbers = cite(cited, keys);
  if (!numbers.length) return null;
  const span = make('span');
  numbers.forEach(number => {
    const button = make('button', 'cite', '[' + number + ']');
    button.type = 'button';
    button.setAttribute('aria-label', say('sources') + ' ' + number);
    button.addEventListener('click', () => byId('source-' + number).scrollIntoView({block: 'nearest'}));
    add(span, button);
  });
  return span;
}

function addSources(drawer, cited) {
  if (!cited.length) return;
  const list = make('ol', 'sources');
  cited.forEach((key, at) => {
    const source = data.sources[key], item = make('li');
    item.id = 'source-' + (at + 1);
    const urls = (source.urls || []).filter(url => /^https?:\/\//i.test(url));
    add(item, urls.length ? outside(urls[0], source.title) : make('span', '', source.title));
    urls.slice(1).forEach((url, n) => add(item, document.createTextNode(' '), outside(url, '[' + (n + 2) + ']')));
    const small = join([source.publisher, source.date, source.note]);
    if (small) add(item, make('div', 'small', small));
    add(list, item);
  });
  add(drawer, make('h3', '', say('sources')), list);
}

function outside(url, text) {
  const link = make('a', '', text);
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return link;
}

/* ------------------------------------------------------------- search */

const index = [];
function buildIndex() {
  onMap.forEach(product => {
    const at = products.indexOf(product);
    product.name.concat(product.aliases || [], [product.id]).forEach((text, order) => {
      index.push({text: fold(text), label: text, at, order});
    });
    (product.makers || []).forEach(maker => {
      maker.name.concat(maker.aliases || [], maker.firm || []).forEach(text => {
        index.push({text: fold(text), label: text, at, order: 9});
      });
    });
  });
}

function findHits(words) {
  const wanted = fold(words.trim());
  if (!wanted) return [];
  const best = new Map();
  index.forEach(entry => {
    const where = entry.text.indexOf(wanted);
    if (where < 0) return;
    const exact = entry.text === wanted ? 0 : where === 0 ? 100 : 200;
    const cost = exact + entry.order * 5 + Math.min(entry.text.length, 60) / 60;
    if (!best.has(entry.at) || cost < best.get(entry.at).cost) best.set(entry.at, {cost, entry});
  });
  return Array.from(best.values()).sort((one, two) => one.cost - two.cost).slice(0, 12).map(hit => hit.entry);
}

function showHits() {
  const list = byId('hits'), search = byId('search');
  view.hits = findHits(search.value);
  view.hit = view.hits.length ? 0 : -1;
  list.textContent = '';
  view.hits.forEach((entry, at) => add(list, hitItem(entry, at)));
  if (!view.hits.length && search.value.trim()) add(list, make('li', 'sub', say('no_results')));
  list.hidden = !search.value.trim();
  search.setAttribute('aria-expanded', String(!list.hidden));
  markHit();
}

function hitItem(entry, at) {
  const product = products[entry.at], item = make('li');
  const shown = named(product.name);
  item.id = 'hit-' + at;
  item.setAttribute('role', 'option');
  item.addEventListener('mousedown', event => {
    event.preventDefault();
    takeHit(at);
  });
  const extra = entry.label === shown || entry.label === product.id ? '' : entry.label;
  return add(item, markOf(product), make('span', 'name', shown),
    make('span', 'sub', join([extra, named(panelName(product))])));
}

function markHit() {
  const search = byId('search');
  byId('hits').querySelectorAll('[role=option]').forEach((item, at) => {
    item.setAttribute('aria-selected', String(at === view.hit));
    if (at === view.hit) item.scrollIntoView({block: 'nearest'});
  });
  if (view.hit >= 0) search.setAttribute('aria-activedescendant', 'hit-' + view.hit);
  else search.removeAttribute('aria-activedescendant');
}

function takeHit(at) {
  const entry = view.hits[at];
  closeHits();
  if (!entry) return;
  pick(entry.at);
  byId('map').focus();
}

function closeHits() {
  byId('hits').hidden = true;
  byId('search').setAttribute('aria-expanded', 'false');
  byId('search').removeAttribute('aria-activedescendant');
}

function searchKey(event) {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (byId('hits').hidden) showHits();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (view.hits.length) view.hit = (view.hit + step + view.hits.length) % view.hits.length;
    markHit();
  } else if (event.key === 'Enter' && !event.isComposing) {
    takeHit(view.hit);
  } else if (event.key === 'Escape') {
    event.stopPropagation();
    byId('search').value = '';
    closeHits();
  }
}

/* --------------------------------------------------- legend, side, head */

function legendButton(key, mark, text, count) {
  const button = add(make('button'), mark, make('span', '', text), make('b', '', String(count)));
  button.type = 'button';
  button.setAttribute('aria-pressed', String(view.filter.has(key)));
  button.addEventListener('click', () => {
    if (!view.filter.delete(key)) view.filter.add(key);
    button.setAttribute('aria-pressed', String(view.filter.has(key)));
    net.redraw();
  });
  return button;
}

function fillLegend() {
  const legend = byId('legend');
  legend.textContent = '';
  legend.setAttribute('aria-label', say('legend'));
  const count = tally(onMap);
  STATES.forEach(state => add(legend, legendButton('state ' + state, stateMark(state), say(state), count[state])));
  add(legend, make('span', 'gap'));
  KINDS.forEach(kind => {
    const number = onMap.filter(product => product.gap && product.gap.kind === kind).length;
    const mark = stateMark(kind === 'weak' ? 'present' : 'absent', kind);
    add(legend, legendButton('gap ' + kind, mark, say(kind), number));
  });
  const flagships = onMap.filter(product => product.gap && product.gap.named).length;
  if (flagships) add(legend, legendButton('named', stateMark('absent', 'broken', true), '★ ' + say('named_short'), flagships));
  add(legend, make('span', 'gap'));
  LINKS.concat(['critical']).forEach(kind => {
    add(legend, add(make('span', 'key'), linkMark(kind), make('span', '', say(kind))));
  });
}

function sideRow(name, count, kind, id, action) {
  const row = add(make('button', 'row ' + kind), make('span', '', name),
    make('i', count.present ? 'has-here' : '', String(count.present)),
    make('i', count.building + count.signed ? 'has-build' : '', String(count.building + count.signed)),
    make('i', count.gaps ? 'has-gap' : '', String(count.gaps)));
  row.type = 'button';
  row.dataset.id = id;
  row.title = name.slice(0, 200);
  row.setAttribute('aria-label', name + '：' + say('present') + ' ' + count.present + '，' + say('building') +
    ' ' + (count.building + count.signed) + '，' + say('gaps') + ' ' + count.gaps);
  row.addEventListener('click', action);
  return row;
}

function fillSide() {
  const side = byId('side');
  side.textContent = '';
  side.setAttribute('aria-label', say('menu'));
  const head = (mark, text) => {
    const cell = add(make('i'), mark, make('span', 'hidden', text));
    cell.title = text;
    return cell;
  };
  const heads = add(make('div', 'row heads'), make('span', '', ''), head(stateMark('present'), say('present')),
    head(stateMark('building'), say('building')), head(stateMark('absent', 'broken'), say('gaps')));
  add(side, heads, sideRow(say('all'), tally(onMap), 'cluster', '', showAll));
  const counts = test => tally(onMap.filter(product => test(panelOf.get(product.branch))));
  const chainOf = id => data.groups.find(group => group.kind === 'chain' && group.id === id);
  let cluster = null, chain = null;
  panels.forEach(panel => {
    const group = chainOf(panel.chain);
    const outer = group && group.cluster !== cluster &&
      data.groups.find(other => other.kind === 'cluster' && other.id === group.cluster);
    if (outer) {
      add(side, sideRow(clusterName(outer), counts(p => (chainOf(p.chain) || {}).cluster === outer.id),
        'cluster', 'cluster ' + outer.id, () => showGroup(outer)));
    }
    cluster = group ? group.cluster : null;
    if (group && panel.chain !== chain) {
      add(side, sideRow(named(group.name), counts(p => p.chain === group.id), 'chain', group.id, () => showGroup(group)));
    }
    chain = panel.chain;
    add(side, sideRow(named(panel.name), panel.count, 'branch', panel.id, () => showPanel(panel)));
  });
  add(side, make('p', 'hint', say('hint')));
}

function label(id, text, hint) {
  byId(id).textContent = text;
  byId(id).setAttribute('aria-label', hint || text);
  byId(id).title = hint || text;
}

function fillWords() {
  document.documentElement.lang = view.lang === 'zh' ? 'zh-CN' : 'en';
  const title = data.title[view.lang === 'zh' ? 0 : 1];
  byId('title').textContent = title;
  document.title = title.slice(0, 200);
  byId('when').textContent = say('as_of') + ' ' + data.asOf + ' · ' + say('view_' + data.view);
  byId('search').placeholder = say('search');
  byId('search').setAttribute('aria-label', say('search'));
  byId('hits').setAttribute('aria-label', say('results'));
  byId('map').setAttribute('aria-label', say('map'));
  label('menu', '☰', say('menu'));
  label('fit', say('fit'));
  label('lang', say('language'), say('language_hint'));
  label('theme', say('theme'), say('theme_hint'));
  fillLegend();
  fillSide();
  if (view.picked >= 0) fillDrawer(view.picked);
  if (net) net.redraw();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  readColors();
  if (net) net.redraw();
}
