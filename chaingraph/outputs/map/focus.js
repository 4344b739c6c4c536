/* What belongs to a product: its relatives up and down to a depth, paths, and what is lit. */
const DEPTHS = [1, 2, 3, 9];
const MOST_RELATED = 120;
let lit = null;
let litLinks = null;
let litBranches = null;

/* Product → its distance, below zero upstream.  What is on both sides stands where it is
   nearer, upstream if equally near; the most linked of one step come first where there is no
   room for all. */
function relatives(start, depth, most) {
  const level = new Map([[start, 0]]);
  const edges = {[-1]: [start], 1: [start]};
  let cut = 0;
  for (let step = 1; step <= depth && (edges[-1].length || edges[1].length); step += 1) {
    [-1, 1].forEach(way => {
      const next = new Set();
      edges[way].forEach(at => neighbours(at, way > 0).forEach(other => { if (!level.has(other)) next.add(other); }));
      const found = Array.from(next);
      found.sort((one, two) => into[two].length + outOf[two].length - into[one].length - outOf[one].length || one - two);
      const room = Math.max(0, most - level.size);
      cut += Math.max(0, found.length - room);
      edges[way] = found.slice(0, room);
      edges[way].forEach(at => level.set(at, way * step));
    });
  }
  return {level, cut};
}

/* The shortest way along the links from one product to another; either direction counts. */
function findPath(from, to) {
  return search(from, to, true) || search(to, from, true) || search(from, to, false);
}

function search(from, to, directed) {
  const came = new Map([[from, -1]]);
  let edge = [from];
  while (edge.length && !came.has(to)) {
    const next = [];
    edge.forEach(at => {
      const steps = outOf[at].map(link => [links.to[link], link]);
      if (!directed) into[at].forEach(link => steps.push([links.from[link], link]));
      steps.forEach(([other, link]) => {
        if (came.has(other)) return;
        came.set(other, link);
        next.push(other);
      });
    });
    edge = next;
  }
  if (!came.has(to)) return null;
  const products_on = [to], links_on = [];
  for (let at = to; at !== from;) {
    const link = came.get(at);
    at = links.from[link] === at ? links.to[link] : links.from[link];
    links_on.push(link);
    products_on.push(at);
  }
  return {products: products_on.reverse(), links: links_on.reverse(), directed};
}

/* The shortest loop through a product, along the links; null where there is none. */
function findLoop(start) {
  const came = new Map();
  let edge = [start];
  while (edge.length) {
    const next = [];
    for (const at of edge) {
      for (const link of outOf[at]) {
        const other = links.to[link];
        if (came.has(other)) continue;
        came.set(other, link);
        if (other === start) return traceBack(came, start);
        next.push(other);
      }
    }
    edge = next;
  }
  return null;
}

function traceBack(came, start) {
  const on = [start], used = [];
  let at = start;
  do {
    const link = came.get(at);
    used.push(link);
    at = links.from[link];
    on.push(at);
  } while (at !== start);
  return {products: on.reverse(), links: used.reverse(), directed: true, loop: true};
}

/* Sets what is lit: a path, a bundle, a product with its relatives, or everything. */
function relight() {
  lit = litLinks = null;
  view.cut = 0;
  if (view.path) {
    lit = new Set(view.path.products);
    litLinks = new Set(view.path.links);
  } else if (view.bundle) {
    lit = new Set(view.bundle);
    lit.add(view.picked);
    litLinks = between(lit);
  } else if (view.picked >= 0) {
    const {level, cut} = relatives(view.picked, view.depth, view.related ? MOST_RELATED : MOST_DRAWN);
    view.cut = cut;
    lit = new Set(level.keys());
    litLinks = along(level);
  }
  litBranches = lit && new Set(Array.from(lit, at => products.branch[at]));
}

function between(set) {
  const found = new Set();
  set.forEach(at => outOf[at].forEach(link => { if (set.has(links.to[link])) found.add(link); }));
  return found;
}

/* The links that lead from step to step, not those across. */
function along(level) {
  const found = new Set();
  level.forEach((step, at) => outOf[at].forEach(link => {
    const other = level.get(links.to[link]);
    if (other === step + 1 || (other !== undefined && (step === 0 || other === 0))) found.add(link);
  }));
  return found;
}

const isLit = at => (!lit || lit.has(at)) && kept(at);
