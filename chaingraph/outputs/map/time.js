/* Time: the day and the view, playing from day to day; and what lands in a what-if. */
const days = Array.from(new Set(engine.dates.concat(data.asOf))).sort();

const stepOf = day => days.reduce((last, each, at) => (each <= day ? at : last), 0);

function fillTime() {
  const slider = byId('slider'), step = stepOf(view.day);
  slider.max = days.length - 1;
  slider.value = step;
  slider.setAttribute('aria-label', say('day'));
  slider.setAttribute('aria-valuetext', view.day);
  slider.style.setProperty('--done', (days.length > 1 ? 100 * step / (days.length - 1) : 100) + '%');
  byId('day').value = view.day;
  byId('day').setAttribute('aria-label', say('day'));
  sign('play', view.playing ? '❚❚' : '▶', say(view.playing ? 'pause' : 'play'));
  label('today', say('today'), say('today_hint', {day: data.asOf}));
  byId('today').disabled = view.day === data.asOf;
  byId('play').disabled = days.length < 2;
  refill(byId('modes'), () => makeModes(byId('modes')));
  byId('when').textContent = whenText();
  byId('happened').textContent = byId('happened').title = happened();
  fillRates();
}

/* The day, the view and whether anything is only assumed. */
const whenText = () => join([say('as_of') + ' ' + view.day, say('view_' + view.mode),
  view.landed.length && say('assumed_n', {n: view.landed.length})]);

function makeModes(modes) {
  modes.textContent = '';
  modes.setAttribute('aria-label', say('view'));
  VIEWS.forEach(mode => {
    const button = press('', say('mode_' + mode), () => setMode(mode));
    button.id = 'mode-' + mode;
    button.title = say('view_' + mode);
    button.setAttribute('aria-pressed', String(view.mode === mode));
    add(modes, button);
  });
}

/* What changed on the day that is shown. */
function happened() {
  const step = stepOf(view.day);
  if (!step || days[step] !== view.day) return '';
  const before = engine.survey(days[step - 1], view.mode, landings()), changed = [];
  for (let at = 0; at < count && changed.length < 4; at += 1) {
    if (onMap[at] && before.state[at] !== now.state[at]) changed.push(nameOf(at) + ' → ' + stateWord(at));
  }
  return changed.slice(0, 3).join(zh() ? '；' : '; ') + (changed.length > 3 ? ' …' : '');
}
const stateWord = at => say(stateOf(at));

/* The local sourcing rates of the chains shown, by number of critical inputs. */
function fillRates() {
  const bar = byId('rates'), rates = now.sourcing.map((rate, chain) => [chain, rate.byNumber])
    .filter(([chain, rate]) => rate !== null && data.chains[chain].branches.some(branch => bandOf.has(branch)));
  bar.replaceChildren();
  if (!rates.length) return;
  add(bar, make('span', '', say('sourcing')), ...rates.map(([chain, rate]) => make('span', '', named(data.chains[chain].name) + ' ' + percent(rate))));
}

function play(on) {
  clearInterval(view.playing);
  view.playing = null;
  if (on) {
    if (stepOf(view.day) >= days.length - 1) setDay(days[playFrom()]);
    view.playing = setInterval(() => {
      const next = stepOf(view.day) + 1;
      if (next >= days.length) play(false);
      else setDay(days[next]);
    }, 900);
  }
  fillTime();
}

/* Old plants began long before the plans: playing starts where things begin to move. */
const playFrom = () => Math.max(0, days.length - 40);

function followSlider() {
  const value = Number(byId('slider').value);
  if (view.playing) play(false);
  setDay(days[value]);
}

/* ------------------------------------------------------------- what if */

function fillLandings() {
  const panel = byId('whatif');
  label('whatif-button', say('whatif') + (view.landed.length ? ' ' + view.landed.length : ''), say('whatif_hint'));
  byId('whatif-button').setAttribute('aria-expanded', String(!panel.hidden));
  if (panel.hidden) return;
  refill(panel, () => makeLandings(panel));
}

function makeLandings(panel) {
  panel.textContent = '';
  panel.setAttribute('aria-label', say('whatif'));
  add(panel, closer('whatif'), make('h2', '', say('whatif')), make('p', 'small', say('whatif_hint')));
  if (view.landed.length) addOutcome(panel);
  addChoices(panel);
}

/* The projects that do not run yet, and the products that were taken from their drawers. */
function addChoices(panel) {
  view.landed.filter(each => each.product !== undefined).forEach(each => {
    add(panel, choice(each, 'product-' + each.product, say('new_plant', {name: nameOf(each.product)}), ''));
  });
  add(panel, make('h3', '', say('projects_here')));
  const before = panel.childElementCount;
  const running = data.projects.map((_, at) => ['operating', 'full', 'stopped'].includes((base.milestone && base.milestone(at)) || ''));
  data.projects.forEach((project, at) => {
    const makes = productsOf(at);
    if (running[at] || !makes.length) return;
    const stage = base.milestone(at);
    add(panel, choice({project: at}, 'project-' + at, named(project.name), join([stage && milestoneWord(stage), listed(makes.map(nameOf))])));
  });
  if (panel.childElementCount === before) add(panel, make('p', 'small', say('no_projects')));
}

const productsOf = project => data.facts.makers.project.map((each, maker) => (each === project ? data.facts.makers.product[maker] : -1))
  .filter(at => at >= 0 && onMap[at]);

function choice(each, key, text, sub) {
  const input = check(isLanded(each), key, () => toggleLanding(each));
  return add(make('label', 'check choice'), input, add(make('span'), make('b', '', text), sub ? make('span', 'small', sub) : null));
}

/* What the landings change, beside the same day without them. */
function addOutcome(panel) {
  const closed = [], opened = [], changed = [], reach = [];
  for (let at = 0; at < count; at += 1) {
    if (!onMap[at]) continue;
    if (base.kind[at] && !now.kind[at]) closed.push(at);
    else if (now.kind[at] && (!base.kind[at] || (now.kind[at] === 1 && base.kind[at] > 2))) opened.push(at);
    else if (base.kind[at] !== now.kind[at]) changed.push(at);
    if (now.feasible[at] && !base.feasible[at] && !now.here[at]) reach.push(at);
  }
  const numbers = make('table', 'outcome');
  add(numbers, row('th', '', say('before'), say('after')));
  add(numbers, row('td', say('present'), countHere(base), countHere(now)));
  KINDS.slice(1).forEach((kind, at) => add(numbers, row('td', kindName(kind), countKind(base, at + 1), countKind(now, at + 1))));
  data.chains.forEach((chain, at) => {
    const [one, two] = [base.sourcing[at], now.sourcing[at]];
    if (one.byNumber === null && two.byNumber === null) return;
    add(numbers, row('td', say('sourcing_of', {name: named(chain.name)}), percent(one.byNumber), percent(two.byNumber)));
    if (one.byVolume !== null || two.byVolume !== null) {
      add(numbers, row('td', say('by_volume_of', {name: named(chain.name)}), percent(one.byVolume), percent(two.byVolume)));
    }
  });
  add(panel, numbers);
  [['closes', closed], ['opens', opened], ['changes', changed], ['into_reach', reach]].forEach(([key, ats]) => {
    if (!ats.length) return;
    add(panel, make('h3', '', say(key) + ' (' + ats.length + ')'));
    if (key === 'changes') ats.slice(0, MOST_LISTED).forEach(at => add(panel, changeItem(at)));
    else add(panel, jumps(ats.slice(0, MOST_LISTED)));
    if (ats.length > MOST_LISTED) add(panel, make('p', 'small', say('more', {n: ats.length - MOST_LISTED})));
  });
  const clear = press('chip', say('clear_landings'), () => {
    view.landed = [];
    update(['time', 'landed']);
  });
  clear.id = 'clear-landings';
  add(panel, clear);
}

function changeItem(at) {
  const kinds = kindName(KINDS[base.kind[at]]) + ' → ' + kindName(KINDS[now.kind[at]]);
  return add(make('div', 'flow'), add(make('div'), jump(at)), make('span', 'per', kinds));
}

function row(cell, ...texts) {
  const tr = make('tr');
  texts.forEach((text, at) => {
    const element = make(at ? cell : 'th', at && texts[1] !== texts[2] && cell === 'td' ? 'moved' : '', String(text));
    element.scope = cell === 'th' ? 'col' : at ? '' : 'row';
    if (!element.scope) element.removeAttribute('scope');
    add(tr, element);
  });
  return tr;
}

const countHere = survey => onMap.reduce((sum, on, at) => sum + (on && survey.state[at] === 3 ? 1 : 0), 0);
const countKind = (survey, kind) => onMap.reduce((sum, on, at) => sum + (on && survey.kind[at] === kind ? 1 : 0), 0);

function landingsSaid() {
  const before = countHere(base), after = countHere(now);
  return say('landed_said', {n: view.landed.length, before, after});
}
