/* The table of what the filters keep: the same products as rows, to sort, to read aloud and
   to take away as CSV. */
const COLUMNS = [
  ['name', at => nameOf(at)], ['chain', at => chainName(at)], ['branch', at => branchName(products.branch[at])],
  ['stage', at => products.stage[at], at => say(STAGES[products.stage[at]])],
  ['state', at => 3 - now.state[at], at => say(stateOf(at))],
  ['gap', at => now.kind[at] || 9, at => (kindOf(at) ? kindName(kindOf(at)) : '')],
  ['shortfall', at => known(-now.shortfall[at]), at => (now.shortfall[at] > 0 ? amount(now.shortfall[at], products.unit[at]) : '')],
  ['capacity_here', at => known(-now.capacity[at]), at => (now.capacity[at] > 0 ? amount(now.capacity[at], products.unit[at]) : '')],
  ['score', at => known(-scoreOf(at)), at => (Number.isNaN(scoreOf(at)) || !now.kind[at] ? '' : scoreOf(at).toFixed(2))],
  ['rank', at => (now.kind[at] && told(at) && told(at).rank) || Infinity, at => rankText(at)],
  ['upstream_n', at => -neighbours(at, false).length, at => String(neighbours(at, false).length)],
  ['downstream_n', at => -neighbours(at, true).length, at => String(neighbours(at, true).length)],
];
const NUMBERS = new Set(['shortfall', 'capacity_here', 'score', 'rank', 'upstream_n', 'downstream_n']);
const SCORED = new Set(['score', 'rank']);
const known = value => (Number.isNaN(value) ? Infinity : value);
const chainName = at => {
  const chain = data.chains[data.branches[products.branch[at]].chain];
  return chain ? named(chain.name) : '';
};
const rankText = at => {
  const gap = told(at);
  if (!gap || !gap.rank || !now.kind[at]) return '';
  return gap.low ? gap.rank + ' (' + gap.low + '–' + gap.high + ')' : String(gap.rank);
};
const cellText = (column, at) => (column[2] || column[1])(at);
const MOST_ROWS = 500;

/* The products that the filters keep and, if something is lit, that are lit. */
function selected() {
  const chosen = [];
  for (let at = 0; at < count; at += 1) if (onMap[at] && isLit(at)) chosen.push(at);
  return chosen;
}

function sorted(chosen) {
  const [key, way] = view.sort, column = COLUMNS.find(each => each[0] === key), value = column[1];
  const collator = new Intl.Collator(zh() ? 'zh' : 'en');
  const keys = new Map(chosen.map(at => [at, value(at)]));
  const compare = (one, two) => (typeof one === 'string' ? collator.compare(one, two) : one === two ? 0 : one - two);
  return chosen.sort((one, two) => way * compare(keys.get(one), keys.get(two)) || one - two);
}

const fillTable = () => refill(byId('table'), () => makeTable(byId('table')));

function makeTable(area) {
  const chosen = sorted(selected());
  area.textContent = '';
  const head = add(make('div', 'table-head'), make('span', '', say('rows', {n: chosen.length, of: onMap.filter(Boolean).length})),
    Object.assign(press('tool', say('save_csv'), saveCsv), {id: 'csv'}));
  const table = make('table'), heads = make('tr');
  add(table, make('caption', 'hidden', join([data.title[zh() ? 0 : 1], whenText()])));
  COLUMNS.forEach(([key]) => add(heads, headCell(key)));
  const body = make('tbody');
  chosen.slice(0, MOST_ROWS).forEach(at => add(body, tableRow(at)));
  add(table, add(make('thead'), heads), body);
  add(area, head, table);
  if (chosen.length > MOST_ROWS) add(area, make('p', 'small', say('more', {n: chosen.length - MOST_ROWS}) + ' ' + say('all_in_csv')));
}

function headCell(key) {
  const [sort, way] = view.sort, cell = make('th', NUMBERS.has(key) ? 'number' : '');
  const button = press('', say('column_' + key), () => {
    view.sort = [key, sort === key ? -way : 1];
    update(['table']);
  });
  button.dataset.key = 'sort-' + key;
  if (SCORED.has(key) && scoredWhen()) add(button, make('span', 'basis', scoredWhen()));
  cell.scope = 'col';
  cell.setAttribute('aria-sort', sort === key ? (way > 0 ? 'ascending' : 'descending') : 'none');
  if (sort === key) add(button, make('span', 'sorted', way > 0 ? ' ▲' : ' ▼'));
  return add(cell, button);
}

function tableRow(at) {
  const tr = make('tr', at === view.picked ? 'is-picked' : '');
  COLUMNS.forEach((column, order) => {
    if (order) {
      add(tr, make('td', NUMBERS.has(column[0]) ? 'number' : '', cellText(column, at)));
      return;
    }
    const cell = make('th'), button = jump(at);
    cell.scope = 'row';
    button.dataset.key = 'row-' + at;
    if (isNamed(at)) add(button, make('span', 'star', '★'));
    add(tr, add(cell, button));
  });
  return tr;
}

function toggleTable(on) {
  view.table = on;
  byId('table').hidden = !on;
  byId('stage').hidden = on;
  document.body.classList.toggle('tabled', on);
  label('as-table', say(on ? 'as_map' : 'as_table'));
  fillShare();
  update(['table']);
}

/* A cell that a spreadsheet would take for a formula is kept as text. */
const csvCell = text => {
  const first = text.normalize('NFKC').replace(BIDI, '').trimStart();
  const safe = /^[=+\-@]/.test(first) && !/^-?[\d.,]+%?$/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
};

const csvTitle = ([key]) => say(key === 'rank' ? 'rank' : 'column_' + key) + (SCORED.has(key) && scoredWhen() ? ' · ' + scoredWhen() : '');

function makeCsv() {
  const rank = name => at => (now.kind[at] && told(at) && told(at)[name]) || '';
  const plainValue = {
    shortfall: at => (now.shortfall[at] > 0 ? Number(now.shortfall[at].toPrecision(12)) : ''),
    capacity_here: at => (now.capacity[at] > 0 ? Number(now.capacity[at].toPrecision(12)) : ''),
    rank: rank('rank'),
  };
  const assumed = listed(view.landed.map(landingName));
  const heads = ['id', ...COLUMNS.map(csvTitle),
    say('rank_low'), say('rank_high'), say('column_unit'), say('as_of'), say('view'), say('whatif')];
  const lines = sorted(selected()).map(at => [products.id[at], ...COLUMNS.map(column => (plainValue[column[0]] || (each => cellText(column, each)))(at)),
    rank('low')(at), rank('high')(at), products.unit[at] || '', view.day, say('view_' + view.mode), assumed]);
  return '\ufeff' + [heads, ...lines].map(cells => cells.map(cell => csvCell(String(cell))).join(',')).join('\r\n') + '\r\n';
}
