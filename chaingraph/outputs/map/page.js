/* The page: its words, its buttons, and the start. */
function label(id, text, hint) {
  byId(id).textContent = text;
  byId(id).title = hint || text;
}

/* A button with a sign instead of a word is named by its hint. */
function sign(id, text, hint) {
  label(id, text, hint);
  byId(id).setAttribute('aria-label', hint);
}

function fillWords() {
  chooseFont();
  fitted.clear();
  document.documentElement.lang = zh() ? 'zh-CN' : 'en';
  const title = data.title[zh() ? 0 : 1];
  byId('title').textContent = title;
  byId('title').title = title.slice(0, 300);
  document.title = title.slice(0, 200);
  byId('search').placeholder = say('search');
  byId('search').setAttribute('aria-label', say('search'));
  byId('hits').setAttribute('aria-label', say('results'));
  byId('map').setAttribute('aria-label', say('map'));
  byId('table').setAttribute('aria-label', say('as_table'));
  byId('clock').setAttribute('aria-label', say('time'));
  byId('heads').textContent = '';
  plan.stages.forEach(([stage]) => add(byId('heads'), make('span', '', say(stage))));
  sign('menu', '☰', say('filters'));
  label('overview', say('overview'), say('overview_hint'));
  label('open-all', say('open_all'), say('open_all_hint'));
  sign('zoom-in', '+', say('zoom_in'));
  sign('zoom-out', '−', say('zoom_out'));
  sign('whole', '⤢', say('whole_hint'));
  label('as-table', say(view.table ? 'as_map' : 'as_table'));
  label('share', say('share'));
  label('lang', say('language'), say('language_hint'));
  sign('theme', '◐', say('theme_hint'));
  fillShare();
  update(['lang']);
}

function fillShare() {
  const list = byId('share-list');
  list.textContent = '';
  const pictures = view.table ? [] : [['save_png', savePng], ['save_svg', saveSvg]];
  const hasAddress = location.protocol !== 'about:';  // a notebook's frame has none
  [...pictures, ['save_csv', saveCsv], ...(hasAddress ? [['copy_link', copyLink]] : []), ['print', () => window.print()]]
    .forEach(([key, action]) => {
      const button = press('', say(key), () => {
        byId('share').focus();
        closeShare();
        action();
      });
      button.id = key.replace('_', '-');
      add(list, button);
    });
}

function copyLink() {
  const text = location.href, done = () => announce(say('copied'), true);
  if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, () => showLink(text));
  else showLink(text);
}

/* Where the clipboard may not be written, the address is shown to be copied by hand. */
function showLink(text) {
  const field = make('input');
  field.readOnly = true;
  field.value = text;
  field.setAttribute('aria-label', say('copy_link'));
  announce(say('copy_by_hand'), true);
  clearTimeout(view.fading);
  add(byId('notice'), field);
  field.addEventListener('blur', () => { byId('notice').hidden = true; });
  field.focus();
  field.select();
}

const focusView = () => byId(view.table ? 'table' : 'map').focus();

function closeShare() {
  byId('share-list').hidden = true;
  byId('share').setAttribute('aria-expanded', 'false');
}

function closer(id) {
  const button = press('close', '×', () => togglePanel(id));
  button.setAttribute('aria-label', say('close'));
  return button;
}

const ROOM_FOR_BOTH = 1700;
function togglePanel(id) {
  const panel = byId(id), button = byId(id === 'side' ? 'menu' : 'whatif-button');
  panel.hidden = !panel.hidden;
  button.setAttribute('aria-expanded', String(!panel.hidden));
  const other = id === 'side' ? 'whatif' : 'side';
  if (!panel.hidden && !byId(other).hidden && innerWidth < ROOM_FOR_BOTH) togglePanel(other);
  update([id === 'side' ? 'filters' : 'panel']);
  if (panel.hidden) button.focus();
}

function onKey(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== 'checkbox';
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing) {
    event.preventDefault();
    byId('search').focus();
    byId('search').select();
  } else if (event.key === 'Escape') stepBack(typing);
  else if (!view.table && (byId('map').contains(event.target) || event.target === document.body)) onMapKey(event);
}

function stepBack(typing) {
  if (!byId('share-list').hidden) {
    closeShare();
    byId('share').focus();
  } else if (typing) focusView();
  else if (view.path || view.bundle || view.choosing) pick(view.picked, {move: false});
  else if (view.picked >= 0) pick(-1);
  else if (!byId('whatif').hidden) togglePanel('whatif');
  else if (!byId('side').hidden) togglePanel('side');
  else if (view.open.size) showOverview();
}

function listen() {
  const on = (id, action) => byId(id).addEventListener('click', action);
  byId('map').addEventListener('pointermove', onMove);
  byId('map').addEventListener('pointerleave', () => {
    byId('tip').hidden = true;
    view.hover = -1;
    net.redraw();
  });
  on('menu', () => togglePanel('side'));
  on('whatif-button', () => togglePanel('whatif'));
  on('overview', showOverview);
  on('open-all', showAll);
  on('zoom-in', () => zoomBy(1.25));
  on('zoom-out', () => zoomBy(0.8));
  on('whole', fitAll);
  on('as-table', () => toggleTable(!view.table));
  on('lang', () => setLang(zh() ? 'en' : 'zh'));
  on('theme', () => {
    view.themeChosen = true;
    setTheme(view.theme === 'dark' ? 'light' : 'dark');
    remember();
  });
  on('share', event => {
    event.stopPropagation();
    byId('share-list').hidden = !byId('share-list').hidden;
    byId('share').setAttribute('aria-expanded', String(!byId('share-list').hidden));
  });
  document.addEventListener('click', closeShare);
  byId('share').parentElement.addEventListener('focusout', event => {
    if (!event.currentTarget.contains(event.relatedTarget)) closeShare();
  });
  on('play', () => play(!view.playing));
  on('today', () => {
    play(false);
    setDay(data.asOf);
  });
  byId('slider').addEventListener('input', followSlider);
  byId('day').addEventListener('change', event => { if (event.target.value) setDay(event.target.value); });
  byId('search').addEventListener('input', showHits);
  byId('search').addEventListener('keydown', searchKey);
  byId('search').addEventListener('blur', closeHits);
  document.addEventListener('keydown', onKey);
  window.addEventListener('beforeprint', preparePrint);
  window.addEventListener('afterprint', () => { document.documentElement.dataset.theme = view.theme; });
  window.addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== remembered) openFromHash();
  });
  net.on('animationFinished', remember);
  net.on('dragEnd', remember);
  net.on('zoom', () => {
    clearTimeout(view.zoomed);
    view.zoomed = setTimeout(remember, 300);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', event => {
    if (!view.themeChosen) setTheme(event.matches ? 'dark' : 'light');
  });
}

function openFromHash() {
  opening = true;
  view.picked = -1;
  view.path = view.bundle = null;
  view.related = false;
  refit = true;
  const said = followHash();
  resurvey();
  refilter();
  relight();
  rebuild();
  fillWords();
  update(['time', 'filter', 'pick', 'scene', 'landed']);
  fitWidth();
  finishHash(said);
  remember();
  opening = false;
}

function start() {
  setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  followHash();
  resurvey();
  refilter();
  rebuild();
  startNetwork();
  openFromHash();
  listen();
  view.ready = true;
  opening = true;
  remember();
  opening = false;
  net.redraw();
  if (document.fonts && document.fonts.ready) {
    document.fonts.ready.then(() => {
      fitted.clear();
      net.redraw();
    });
  }
}

/* For tests and scripts: where a product stands on the page and what is drawn. */
window.chaingraph = {
  positionOf(id) {
    const place = scene.places.get(numberOf.get(id));
    if (!place) return null;
    const area = byId('map').getBoundingClientRect(), dom = net.canvasToDOM(place);
    return {x: area.left + dom.x, y: area.top + dom.y};
  },
  bandOf(id) {
    const band = scene.bands.find(each => data.branches[each.branch].id === id);
    if (!band) return null;
    const area = byId('map').getBoundingClientRect(), dom = net.canvasToDOM({x: 90, y: band.y + 16});
    return {x: area.left + dom.x, y: area.top + dom.y};
  },
  firstGap(id) {
    const band = scene.bands.find(each => data.branches[each.branch].id === id);
    const area = byId('map').getBoundingClientRect(), dom = net.canvasToDOM({x: 90, y: band.y + FIRST});
    return {x: area.left + dom.x, y: area.top + dom.y};
  },
  wires: () => wiresShown,
  picked: () => (view.picked < 0 ? null : products.id[view.picked]),
  lit: () => (lit ? Array.from(lit, at => products.id[at]) : null),
  open: () => Array.from(view.open, at => data.branches[at].id),
  drawn: () => scene.places.size,
  painted: () => painted,
  scale: () => net.getScale(),
  amount,
};
