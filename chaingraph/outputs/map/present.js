/* What is true at the moment: the survey of the chosen day, view and landings, the filters
   and what they count. */
const engine = makeEngine(data.facts);
let now = null;
let base = null;

/* Chosen projects and products, in the engine's own numbers. */
const landings = () => view.landed.map(each => (each.project === undefined
  ? {product: each.product, amount: each.amount === undefined ? null : each.amount, route: null}
  : {project: each.project}));

let tallies = [], firstGaps = [];
function resurvey() {
  base = view.landed.length ? engine.survey(view.day, view.mode, []) : null;
  now = engine.survey(view.day, view.mode, landings());
  base = base || now;
  firstGaps = members.map(findFirst);
}

/* The five gaps of a branch with the best ranks, as far as they are scored. */
function findFirst(ats) {
  const gaps = ats.filter(at => now.kind[at] && told(at) && told(at).rank);
  return gaps.sort((one, two) => told(one).rank - told(two).rank).slice(0, 5);
}

/* The sum of some branches. */
function tallyOf(branches) {
  const sum = {present: 0, building: 0, signed: 0, absent: 0, gaps: 0, total: 0};
  branches.forEach(branch => Object.keys(sum).forEach(key => { sum[key] += tallies[branch][key]; }));
  return sum;
}

const stateOf = at => STATES[now.state[at]];
const kindOf = at => KINDS[now.kind[at]];
const told = at => data.gaps[at];
/* Named as a flagship target by a policy of that day: itself, or the branch that it is of. */
const isSince = day => day !== undefined && day <= view.day;
const isNamedItself = at => isSince(data.named[at]);
const isNamed = at => isNamedItself(at) || isSince(data.branches[products.branch[at]].named);
const scoreOf = at => (told(at) && told(at).score !== undefined ? told(at).score : NaN);
const isBaseDay = () => view.day === data.asOf && view.mode === data.view && !view.landed.length;

/* Scores and ranks are those of the day and view that the page was made for. */
const scoredWhen = () => (isBaseDay() ? '' : say('as_scored', {day: data.asOf, view: say('view_' + data.view)}));

/* From 0 to 1: how large a gap is drawn. */
function weightOf(at) {
  if (!now.kind[at]) return 0;
  if (view.size === 'score') {
    const rank = told(at) && told(at).rank;
    return rank ? Math.max(0, 1 - (rank - 1) / Math.max(20, data.ranked)) ** 2 : 0;
  }
  const lack = now.shortfall[at] / now.demand[at];
  return lack > 0 ? Math.min(1, lack) : 0;
}

/* -------------------------------------------------------------- filter */

const TESTS = {
  state: at => view.filter.state.has(stateOf(at)),
  kind: at => view.filter.kind.has(kindOf(at)),
  stage: at => view.filter.stage.has(STAGES[products.stage[at]]),
  branch: at => view.filter.branch.has(products.branch[at]),
  named: isNamed,
  top: at => Boolean(told(at) && told(at).rank && told(at).rank <= view.filter.top && now.kind[at]),
};
const isOn = name => (view.filter[name] instanceof Set ? view.filter[name].size > 0 : Boolean(view.filter[name]));
const filtersOn = () => Object.keys(TESTS).filter(isOn);

function makeTest(but) {
  const tests = filtersOn().filter(name => name !== but).map(name => TESTS[name]);
  return at => tests.every(test => test(at));
}

let kept = () => true;
function refilter() {
  kept = filtersOn().length ? makeTest() : () => true;
  tallies = members.map(ats => tally(ats.filter(kept)));
}

/* How many of the products that the other filters keep have each value of one. */
function countBy(name, valueOf) {
  const test = makeTest(name), found = new Map();
  for (let at = 0; at < count; at += 1) {
    if (!onMap[at] || !test(at)) continue;
    const value = valueOf(at);
    found.set(value, (found.get(value) || 0) + 1);
  }
  return found;
}

/* With one chain or branch drawn alone, the others are only named in details. */
const shownBranches = new Set(data.layout.bands.map(band => band.branch));
const onMap = products.branch.map(branch => shownBranches.has(branch));

function tally(ats) {
  const found = {present: 0, building: 0, signed: 0, absent: 0, gaps: 0, total: 0};
  ats.forEach(at => {
    found.total += 1;
    found[stateOf(at)] += 1;
    if (now.kind[at]) found.gaps += 1;
  });
  return found;
}

const members = data.branches.map(() => []);
products.branch.forEach((branch, at) => { if (onMap[at]) members[branch].push(at); });
