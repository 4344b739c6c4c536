/* The drawer: everything known of one product, with its sources. */
function markOf(at) {
  return stateMark(stateOf(at), kindOf(at));
}

/* The same mark as on the closed bands. */
function stateMark(state, kind) {
  const svg = shape('svg', {class: 'mark', width: 15, height: 15, viewBox: '-1 -1 15 15', 'aria-hidden': 'true'});
  const ink = kind === 'broken' && state === 'absent' ? 'var(--gap)' : {present: 'var(--here)', absent: 'var(--void)'}[state] || 'var(--build)';
  const frame = {x: 0.5, y: 0.5, width: 12, height: 12, rx: 2, stroke: ink, 'stroke-width': 1.4,
    fill: state === 'present' ? 'var(--here)' : 'none'};
  if (kind === 'void' && state === 'absent') frame['stroke-dasharray'] = '2 2';
  add(svg, shape('rect', frame));
  if (state === 'building') add(svg, shape('path', {d: 'M1 8 8 1M1 12 12 1M5 12 12 5', stroke: ink, 'stroke-width': 1.5}));
  if (state === 'signed') add(svg, shape('rect', {x: 3.5, y: 3.5, width: 6, height: 6, fill: 'none', stroke: ink, 'stroke-width': 1.2}));
  if (kind === 'broken') add(svg, shape('path', {d: 'M3.5 3.5 9.5 9.5M9.5 3.5 3.5 9.5', stroke: 'var(--gap)', 'stroke-width': 1.7}));
  if (kind === 'weak') add(svg, shape('path', {d: 'M4-1H14V9Z', fill: 'var(--gap)'}));
  if (kind === 'short' && state === 'absent') add(svg, shape('rect', {x: 1, y: 6.5, width: 11, height: 5.5, fill: 'var(--void)'}));
  return svg;
}

function jump(at) {
  const button = press('jump', '', () => pick(at));
  button.disabled = !onMap[at];
  return add(button, markOf(at), make('span', '', nameOf(at)));
}
const jumps = ats => add(make('div', 'list'), ...ats.map(jump));

function showDrawer() {
  const drawer = byId('drawer'), at = view.picked, had = drawer.contains(document.activeElement);
  const same = drawer.dataset.at === String(at);
  drawer.hidden = at < 0;
  drawer.dataset.at = at;
  document.body.classList.toggle('picked', at >= 0);
  if (at >= 0) refill(drawer, () => fillDrawer(drawer, at));
  else if (had) focusView();
  if (!same) drawer.scrollTop = 0;
}

function fillDrawer(drawer, at) {
  const cited = [], detail = data.details[at] || {};
  drawer.textContent = '';
  drawer.setAttribute('aria-label', say('details'));
  add(drawer, closeButton(), make('h2', '', nameOf(at)), otherNames(at, detail), badges(at, detail), tools(at));
  if (now.kind[at]) addGap(drawer, at, cited);
  addBundles(drawer, at);
  addOpens(drawer, at);
  addMakers(drawer, at, cited);
  addRoutes(drawer, detail, cited);
  addUses(drawer, at);
  addElsewhere(drawer, detail, cited);
  addLimits(drawer, detail, cited);
  if (detail.note) add(drawer, make('h3', '', say('note')), make('p', '', detail.note));
  cite(cited, detail.sources);
  addSources(drawer, cited);
}

function closeButton() {
  const button = press('close', '×', () => {
    pick(-1);
    focusView();
  });
  button.setAttribute('aria-label', say('close'));
  return button;
}

function otherNames(at, detail) {
  const name = products.name[at], other = name.length > 1 ? otherName(name) : '';
  const text = join([other, ...(detail.aliases || []), ...(detail.codes || [])]);
  return text ? make('p', 'other', text) : null;
}

function badges(at, detail) {
  const list = make('div', 'badges'), kind = kindOf(at);
  add(list, add(make('span', 'badge'), stateMark(stateOf(at), ''), make('span', '', join([say(stateOf(at)), footText(at)]))));
  if (kind) add(list, make('span', 'badge is-gap', kindWords(kind)));
  if (isNamed(at)) add(list, make('span', 'badge is-named', '★ ' + say('named_short')));
  add(list, make('span', 'badge', branchName(products.branch[at]) + ' · ' + say(STAGES[products.stage[at]])));
  if (detail.confidence) add(list, make('span', 'badge', say('confidence') + ' ' + say(detail.confidence)));
  return list;
}

/* ---------------------------------------------------------------- tools */

function tools(at) {
  const row = make('div', 'tools');
  const depth = add(make('span', 'stepper'), stepButton('−', say('less_depth'), -1),
    make('output', '', say('depth') + ' ' + depthWord()), stepButton('+', say('more_depth'), 1));
  const related = press('chip', say(view.related ? 'in_map' : 'related'), () => setRelated(!view.related));
  related.id = 'related';
  const path = press('chip', say(view.choosing ? 'path_choose' : 'path'), () => {
    view.choosing = !view.choosing;
    showDrawer();
    if (view.choosing) byId('search').focus();
  });
  path.id = 'path';
  path.setAttribute('aria-pressed', String(Boolean(view.choosing)));
  add(row, depth, related, path);
  const loop = findLoop(at);
  if (loop) add(row, Object.assign(press('chip', say('loop'), () => showPath(loop)), {id: 'loop'}));
  if (stateOf(at) !== 'present' || isLanded({product: at})) {
    const land = press('chip', say(isLanded({product: at}) ? 'unland' : 'land'), () => toggleLanding({product: at}));
    land.id = 'land';
    add(row, land);
  }
  if (view.path) add(row, pathBox());
  if (view.bundle) add(row, press('chip', say('clear_light'), () => pick(at, {move: false})));
  if (view.cut) add(row, make('p', 'small', say('cut', {n: view.cut})));
  return row;
}

function stepButton(text, label, change) {
  const button = press('', text, () => setDepth(change)), at = DEPTHS.indexOf(view.depth) + change;
  button.setAttribute('aria-label', label);
  button.dataset.key = 'depth' + change;
  button.disabled = at < 0 || at >= DEPTHS.length;
  return button;
}

function pathBox() {
  const told = add(make('div', 'way'), make('b', '', say(view.path.loop ? 'loop' : view.path.directed ? 'path_found' : 'path_undirected')));
  view.path.products.forEach((each, order) => {
    const link = view.path.links[order - 1];
    if (order) told.append(links.to[link] === each ? ' → ' : ' ← ');
    add(told, jump(each));
  });
  return add(told, press('cite', say('clear_light'), () => pick(view.picked, {move: false})));
}

/* ------------------------------------------------------------------ gap */

function addGap(drawer, at, cited) {
  const gap = told(at), same = isBaseDay() && gap;
  add(drawer, make('h3', '', say('gap')));
  const why = make('p', 'why', same ? sentence(named(gap.why)) : whyNow(at));
  add(drawer, add(why, same && citations(cited, gap.sources)));
  add(drawer, make('p', '', same ? sentence(named(gap.size)) : sizeNow(at)));
  if (!isBaseDay()) add(drawer, make('p', 'small', say('computed_here', {day: view.day, view: say('view_' + view.mode)})));
  const missing = now.missing(at);
  if (missing.length) add(drawer, make('h4', '', say('missing')), jumps(missing));
  if (!gap) return;
  if (gap.named) add(drawer, make('h4', '', say('named')), ...gap.named.map(name => make('p', '', named(name))));
  if (gap.score !== undefined) addScore(drawer, gap);
  addGates(drawer, gap, cited);
}

const sentence = text => text.slice(0, 1).toUpperCase() + text.slice(1);

/* Why it is a gap, on a day for which the atlas's own sentence was not written. */
function whyNow(at) {
  const needers = now.needers(at).filter(other => other !== at).map(nameOf), missing = now.missing(at).map(nameOf);
  const parts = now.reasons(at).map(reason => say('why_' + reason, {names: listed(needers.slice(0, 5))}));
  if (missing.length) parts.push(say('why_missing', {names: listed(missing.slice(0, 5))}));
  return parts.join(zh() ? '；' : '; ') + (zh() ? '。' : '.');
}

/* How much is needed, made and missing; in the words of the sentences that come with the page. */
function sizeNow(at) {
  const unit = products.unit[at], demand = now.demand[at], supply = now.supply[at], lack = now.shortfall[at];
  const told = (key, value, partial) => {
    if (Number.isNaN(value)) return say(key + '_unknown');
    return value === 0 ? say(key + '_none') : say(key + '_is', {amount: (partial ? say('at_least') : '') + amount(value, unit)});
  };
  const parts = [told('demand', demand, now.demandPartial[at])];
  if (supply !== 0 || demand !== 0) parts.push(told('supply', supply, now.supplyPartial[at]));
  if (Number.isNaN(lack)) parts.push(say('no_figure'));
  else if (lack > 0) parts.push(say('lack', {amount: amount(lack, unit)}));
  return sentence(parts.join(zh() ? '；' : '; ')) + (zh() ? '。' : '.');
}

function addScore(drawer, gap) {
  const rank = gap.low ? say('rank_between', {rank: gap.rank, low: gap.low, high: gap.high, of: data.ranked})
    : say('rank_of', {rank: gap.rank, of: data.ranked});
  add(drawer, make('h4', '', say('score') + ' ' + gap.score.toFixed(2) + ' · ' + rank));
  if (gap.low) add(drawer, rankBar(gap));
  const list = make('div', 'parts');
  ['relatedness', 'pull', 'technology', 'demand', 'readiness', 'strategy', 'crowding'].forEach(name => {
    const value = gap.parts && gap.parts[name];
    const bar = make('span', 'meter' + (name === 'crowding' ? ' against' : ''));
    const fill = make('i');
    fill.style.width = value === undefined ? '0' : Math.round(value * 100) + '%';
    add(list, make('span', '', say(name) + (name === 'crowding' ? say('counts_against') : '')), add(bar, fill),
      make('span', 'per', value === undefined ? say('no_data') : value.toFixed(2)));
  });
  add(drawer, list);
  if (!isBaseDay()) add(drawer, make('p', 'small', say('as_scored', {day: data.asOf, view: say('view_' + data.view)})));
}

/* Where the rank lies among all gaps, and how far other weights move it. */
function rankBar(gap) {
  const place = rank => 2 + 296 * (rank - 1) / Math.max(1, data.ranked - 1);
  const svg = shape('svg', {class: 'rankbar', viewBox: '0 0 300 14', role: 'img',
    'aria-label': say('rank_between', {rank: gap.rank, low: gap.low, high: gap.high, of: data.ranked})});
  add(svg, shape('path', {d: 'M2 7H298', stroke: 'var(--line)', 'stroke-width': 2}));
  add(svg, shape('path', {d: 'M' + place(gap.low) + ' 7H' + (place(gap.high) + 1), stroke: 'var(--focus)', 'stroke-width': 5, opacity: 0.55}));
  return add(svg, shape('circle', {cx: place(gap.rank), cy: 7, r: 4.5, fill: 'var(--focus)'}));
}

function addGates(drawer, gap, cited) {
  if (!gap.gates) return;
  add(drawer, make('h4', '', say('gates')));
  gap.gates.forEach(gate => {
    const line = add(make('div', 'gate is-' + gate.verdict), make('b', '', say(gate.verdict)), make('span', '', named(gate.name)));
    const small = add(make('span', 'small', named(gate.told)), citations(cited, gate.sources));
    add(drawer, add(line, small));
  });
}

/* --------------------------------------------------- what lands with it */

function addBundles(drawer, at) {
  const bundles = told(at) && told(at).bundles;
  if (!bundles || stateOf(at) === 'present') return;
  add(drawer, make('h3', '', say('unlock')));
  let last = '';
  ['reach', 'upstream'].forEach(ship => {
    const bundle = bundles[ship], key = JSON.stringify(bundle && bundle.steps);
    if (!bundle || !bundle.steps || key === last) return;
    last = key;
    const steps = bundle.steps.filter(([, status]) => status !== 'pool').map(([product]) => product);
    const head = add(make('h4', '', say('ship_' + ship)), press('cite show', say('show'), () => showBundle(steps)));
    const list = make('ol', 'steps');
    bundle.steps.forEach(([product, status]) => add(list, add(make('li'), jump(product),
      status === 'landed' ? null : make('span', 'tagline', say('to_' + status)))));
    add(drawer, head, list);
    if (bundle.shipped) add(drawer, make('p', 'small', say('bought') + listed(bundle.shipped.map(nameOf))));
    (bundle.cautions || []).forEach(([product, ...gate]) => add(drawer, make('p', 'small', '⚠ ' + nameOf(product) + ' · ' + named(gate))));
  });
  if (!isBaseDay()) add(drawer, make('p', 'small', say('as_scored', {day: data.asOf, view: say('view_' + data.view)})));
}

/* What comes into reach once this product is made here. */
function addOpens(drawer, at) {
  if (stateOf(at) === 'present' || count > 20000) return;
  const after = engine.survey(view.day, view.mode, landings().concat({product: at, amount: null, route: null}));
  const opens = [];
  for (let other = 0; other < count; other += 1) {
    if (other !== at && after.feasible[other] && !now.feasible[other] && !after.here[other]) opens.push(other);
  }
  if (opens.length) add(drawer, make('h3', '', say('would_open', {n: opens.length})), jumps(opens.slice(0, 24)));
}

/* ------------------------------------------------------------ who makes it */

function addMakers(drawer, at, cited) {
  const found = now.makers(at).filter(each => each.maker >= 0);
  [['enterprise', 'made_here'], ['project', 'pipeline']].forEach(([kind, title]) => {
    const items = found.map(each => makerItem(each, kind, cited)).filter(Boolean);
    if (items.length) add(drawer, make('h3', '', say(title)), ...items);
  });
  const comes = now.byproductOf(at);
  if (comes.length) add(drawer, make('h3', '', say('byproduct_of')), jumps(comes));
}

function makerItem(each, kind, cited) {
  const facts = data.facts.makers, project = facts.project[each.maker], said = data.makers[each.maker];
  if ((project >= 0) !== (kind === 'project')) return null;
  const who = project >= 0 ? data.projects[project] : data.enterprises[facts.enterprise[each.maker]];
  const size = sizeOf(said.capacity, products.unit[view.picked]);
  const head = add(make('div', 'head'), make('span', '', named(who.name)), make('span', '', size));
  const stage = project >= 0 ? milestoneText(project) : say(STATES[each.state]);
  const since = said.since ? say('since') + ' ' + said.since : said.seen ? say('seen') + ' ' + said.seen : '';
  const money = who.investment ? say('investment') + ' ' + figure(who.investment, '100m_CNY') : '';
  const trust = said.confidence ? say('confidence') + ' ' + say(said.confidence) : '';
  const line = make('p', 'small', join([stage, since, money, who.firm && named(who.firm), who.park ? named(who.park) : who.place, trust]));
  add(line, citations(cited, said.sources));
  const note = said.note || said.said;
  return add(make('div', 'item'), head, line, note && make('p', 'small', note));
}

function sizeOf(capacity, unit) {
  if (!capacity) return '';
  const own = capacity.unit || unit;
  return (capacity.range || capacity.value === undefined ? figure(capacity, unit) : amount(capacity.value, own)) + perYear(own);
}

const milestoneWord = name => say(data.words['milestone_' + name] ? 'milestone_' + name : name);
function milestoneText(project) {
  const name = now.milestone(project);
  if (!name) return '';
  const date = data.projects[project].milestones[name];
  return milestoneWord(name) + (date ? ' ' + date : '');
}

/* --------------------------------------------------------- inputs, uses */

function addRoutes(drawer, detail, cited) {
  const routes = detail.routes || [];
  if (!routes.length) return;
  add(drawer, make('h3', '', say('routes')));
  routes.forEach((route, order) => {
    const title = route.name ? named(route.name) : routes.length > 1 ? say('route') + ' ' + (order + 1) : '';
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
  const said = join([flow.note, flow.confidence === 'L' && say('confidence') + ' ' + say('L')]);
  return add(make('div', 'flow'), name, per, said && make('span', 'small said', said));
}

const MOST_LISTED = 60;
function addUses(drawer, at) {
  const uses = Array.from(new Set(outOf[at].filter(link => linkKind(link) !== 'byproduct').map(link => links.to[link])));
  if (uses.length) {
    add(drawer, make('h3', '', say('used_by') + ' (' + uses.length + ')'), jumps(uses.slice(0, MOST_LISTED)));
    if (uses.length > MOST_LISTED) add(drawer, make('p', 'small', say('more', {n: uses.length - MOST_LISTED})));
  }
  const comes = now.byproductOf(at);
  const rest = into[at].filter(link => linkKind(link) === 'byproduct' && !comes.includes(links.from[link])).map(link => links.from[link]);
  if (rest.length) add(drawer, make('h3', '', say('from_route')), jumps(rest));
  const bare = into[at].filter(link => linkKind(link) !== 'byproduct');
  if (bare.length && !(data.details[at] || {}).routes) add(drawer, make('h3', '', say('inputs')), jumps(bare.map(link => links.from[link]).slice(0, MOST_LISTED)));
  if (!outOf[at].length && !into[at].length) add(drawer, make('p', 'small', say('no_links')));
}

function addElsewhere(drawer, detail, cited) {
  if (!detail.elsewhere) return;
  add(drawer, make('h3', '', say('candidates')));
  detail.elsewhere.forEach(firm => {
    const name = add(make('span', '', named(firm.name)), citations(cited, firm.sources));
    add(drawer, add(make('div', 'flow'), name, make('span', 'per', join([firm.place, firm.code]))));
  });
  if (detail.elsewhereMore) add(drawer, make('p', 'small', say('more', {n: detail.elsewhereMore})));
}

function addLimits(drawer, detail, cited) {
  if (!detail.limits) return;
  add(drawer, make('h3', '', say('limits')));
  detail.limits.forEach(limit => {
    const text = make('p', '', limit.item + '  ' + limit.grades.map(tidy).join(' / ') + ' ' + limit.unit);
    const small = make('span', 'small', '  ' + join([limit.standard, limit.since && limit.since + ' ' + say('in_force')]));
    add(drawer, add(text, small, citations(cited, limit.sources)));
  });
}

/* -------------------------------------------------------------- sources */

function cite(cited, keys) {
  return (keys || []).map(key => {
    if (!cited.includes(key)) cited.push(key);
    return cited.indexOf(key) + 1;
  });
}

function citations(cited, keys) {
  const numbers = cite(cited, keys);
  if (!numbers.length) return null;
  return add(make('span', 'cites'), ...numbers.map(number => {
    const button = press('cite', '[' + number + ']', () => byId('source-' + number).focus());
    button.setAttribute('aria-label', say('sources') + ' ' + number);
    return button;
  }));
}

function addSources(drawer, cited) {
  if (!cited.length) return;
  const list = make('ol', 'sources');
  cited.forEach((key, order) => {
    const source = data.sources[key], item = make('li');
    item.id = 'source-' + (order + 1);
    item.tabIndex = -1;
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
