// Follows the files: takes over what the server says of them, and reloads the view.
'use strict';

const view = document.getElementById('view');
const shown = document.body.dataset;
const REMEMBERED = 'chaingraph-view';

// ------------------------------------------------------------- where one is

// What the page itself was opened with, or where one was when it was reloaded by hand.
if (view && view.contentWindow) {
  const [entry] = performance.getEntriesByType('navigation');
  const before = JSON.parse(sessionStorage.getItem(REMEMBERED) || 'null');
  const wanted = location.hash || (entry && entry.type === 'reload' && before && before.path === location.pathname && before.hash);
  if (wanted) view.src = view.getAttribute('src') + wanted;
  view.addEventListener('load', follow);
  addEventListener('pagehide', () => {
    const hash = view.contentWindow.location.hash;
    sessionStorage.setItem(REMEMBERED, JSON.stringify({path: location.pathname, hash}));
  });
}

// A link inside the view may lead to another view: the bar and the address go with it.
function follow() {
  const file = view.contentWindow.location.pathname.slice(1);
  for (const link of document.querySelectorAll('nav a')) {
    const path = new URL(link.href).pathname;
    const here = path === (file === 'index.html' ? '/' : '/' + file.replace(/\.\w+$/, ''));
    if (here) {
      link.setAttribute('aria-current', 'page');
      view.title = link.textContent;
      if (path !== location.pathname) history.replaceState(null, '', path);
    } else {
      link.removeAttribute('aria-current');
    }
  }
}

// ------------------------------------------------------- what has changed

let newest = null;

async function takeOver(news) {
  newest = news.state;
  const answer = await fetch(location.pathname, {cache: 'no-store'});
  if (!answer.ok || news.state !== newest) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.body.dataset;
  if (Boolean(view) !== Boolean(page.getElementById('view')) || document.documentElement.lang !== page.documentElement.lang) {
    location.reload();
    return;
  }
  for (const id of ['name', 'status', 'problems']) {
    const old = document.getElementById(id), fresh = page.getElementById(id);
    old.replaceChildren(...fresh.childNodes);
    old.className = fresh.className;
    old.hidden = fresh.hidden;
  }
  document.title = page.title;
  shown.state = next.state;
  if (shown.edition !== next.edition) {
    shown.edition = next.edition;
    if (!view) return;
    if (view.contentWindow) view.contentWindow.location.reload();
    else view.src = new URL(view.src).pathname + '?' + next.edition;
  }
}

// Only while it is seen: a browser keeps few connections to one server.
const lost = document.getElementById('lost'), status = document.getElementById('status');
let source = null;

function listen() {
  if (document.hidden) {
    if (source) source.close();
    source = null;
  } else if (!source) {
    source = new EventSource('/events');
    source.onopen = () => say(false);
    source.onerror = () => {
      say(true);
      if (source.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(listen, 3000);
      }
    };
    source.onmessage = event => {
      const news = JSON.parse(event.data);
      if (String(news.state) !== shown.state || String(news.edition) !== shown.edition) takeOver(news);
    };
  }
}

function say(isLost) {
  lost.hidden = !isLost;
  status.hidden = isLost;
}

document.addEventListener('visibilitychange', listen);
listen();
