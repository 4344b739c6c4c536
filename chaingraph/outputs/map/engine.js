/* What is here on a day, what is missing and what is in reach: the same rules as the package's
   own analysis, so that time and what-if answer at once.  Nothing here knows of the page. */
const CRITICAL = 1, MINOR = 2, ONCE = 4, MATERIAL = 8, SERVICE = 16;
const MILESTONES = ['planned', 'negotiating', 'signed', 'started', 'building', 'operating', 'full', 'stopped'];
const STATE_AT = [0, 0, 1, 2, 2, 3, 3, 0];
const OPERATING = 5, STOPPED = 7;
const EXACT = 1e-9;
const LEAST_STATE = {actual: 3, building: 2, plan: 1};
const BY_STAGE = [1, 2, 3];
const BY_MATURITY = {weak: 1, advantage: 3, traditional: 2, emerging: 4};
const ADVANTAGE = 0.5;

/* Numbers of links under each key, as one array with where each key's begin. */
function groupBy(keys, size) {
  const start = new Int32Array(size + 1), items = new Int32Array(keys.length);
  keys.forEach(key => { start[key + 1] += 1; });
  for (let at = 0; at < size; at += 1) start[at + 1] += start[at];
  const next = start.slice();
  keys.forEach((key, at) => { items[next[key]++] = at; });
  return key => items.subarray(start[key], start[key + 1]);
}

function makeEngine(facts) {
  const size = facts.products, routes = facts.routes, inputs = facts.inputs, byproducts = facts.byproducts;
  const isPool = new Uint8Array(size);
  facts.pools.forEach(at => { isPool[at] = 1; });
  const routesOf = groupBy(routes, size);
  const inputsOf = groupBy(inputs.route, routes.length), byproductsOf = groupBy(byproducts.route, routes.length);
  const usesOf = groupBy(inputs.product, size), comesBy = groupBy(byproducts.product, size);
  const has = (at, flag) => (inputs.flags[at] & flag) > 0;
  const criticalOf = routes.map((_, route) => Array.from(inputsOf(route)).filter(at => has(at, CRITICAL)).map(at => inputs.product[at]));
  const makingRoutes = Array.from({length: size}, (_, at) => findMakingRoutes(at));
  const poolOrder = findPoolOrder();

  /* What comes with another product and has only services of its own is made by nobody. */
  function findMakingRoutes(at) {
    const own = Array.from(routesOf(at));
    if (!comesBy(at).length) return own;
    return own.filter(route => inputsOf(route).some(link => !has(link, SERVICE)));
  }

  function findPoolOrder() {
    const order = [], done = new Uint8Array(size);
    const visit = at => {
      if (done[at] || !isPool[at]) return;
      done[at] = 1;
      routesOf(at).forEach(route => inputsOf(route).forEach(link => visit(inputs.product[link])));
      order.push(at);
    };
    facts.pools.forEach(visit);
    return order;
  }

  /* ----------------------------------------------------------------- states */

  function milestoneOn(project, day, landed) {
    let reached = -1;
    for (const [milestone, date] of facts.projects[project].milestones) {
      if (date > day || (landed && milestone === STOPPED)) continue;
      if (milestone === STOPPED) return STOPPED;
      reached = Math.max(reached, milestone);
    }
    return landed ? Math.max(reached, OPERATING) : reached;
  }

  function findMakers(day, landings) {
    const landed = new Set(landings.filter(each => each.project !== undefined).map(each => each.project));
    const milestones = facts.projects.map((_, project) => milestoneOn(project, day, landed.has(project)));
    const makers = facts.makers, found = new Map();
    const put = (product, maker) => {
      if (!found.has(product)) found.set(product, []);
      found.get(product).push(maker);
    };
    const runs = at => (makers.since[at] === null || makers.since[at] <= day) && (makers.until[at] === null || day <= makers.until[at]);
    const putProjects = [];
    makers.product.forEach((product, at) => {
      const project = makers.project[at];
      const state = project < 0 ? (runs(at) ? 3 : 0) : milestones[project] < 0 ? 0 : STATE_AT[milestones[project]];
      if (!state) return;
      const owner = project < 0 ? makers.enterprise[at]
        : facts.projects[project].owner >= 0 ? facts.projects[project].owner : -1 - project;
      const maker = {maker: at, state, project, owner, route: makers.route[at], amount: makers.amount[at]};
      if (project < 0) put(product, maker);
      else putProjects.push([product, maker]);
    });
    landings.forEach((each, at) => {
      if (each.project !== undefined) return;
      const route = each.route === undefined || each.route === null ? -1 : each.route;
      put(each.product, {maker: -1, state: 3, project: -1, owner: 'new ' + at, route, amount: each.amount === undefined ? null : each.amount});
    });
    putProjects.forEach(([product, maker]) => put(product, maker));
    found.forEach(list => list.sort((one, two) => two.state - one.state));
    return {found, milestones};
  }

  /* The routes that makers name; of one that names none, and where there is none, the first. */
  function usualRoutes(at, makers) {
    const own = routesOf(at), named = new Set(makers.map(maker => maker.route));
    const first = named.has(-1) || !named.size;
    return Array.from(own).filter((route, order) => named.has(route) || (first && order === 0));
  }

  /* Raises by-products and pools to the level of what they come from, to a fixed point. */
  function spread(level, makersAt) {
    const comes = new Map();
    const busy = [];
    for (let at = 0; at < size; at += 1) if (isPool[at] || makersAt(at).length) busy.push(at);
    for (let changed = true; changed;) {
      changed = false;
      busy.forEach(at => {
        const before = level[at];
        if (isPool[at]) fillPool(at, level);
        changed = changed || level[at] > before;
        if (level[at] && raiseByproducts(at, level, makersAt(at), comes)) changed = true;
      });
    }
    return comes;
  }

  function fillPool(at, level) {
    routesOf(at).forEach(route => {
      const needed = criticalOf[route];
      if (needed.length) level[at] = Math.max(level[at], Math.min(...needed.map(other => level[other])));
    });
  }

  function raiseByproducts(at, level, makers, comes) {
    let raised = false;
    const reached = makers.map(maker => [[maker], maker.state]);
    if (isPool[at]) reached.push([[], level[at]]);
    reached.forEach(([of, height]) => usualRoutes(at, of).forEach(route => byproductsOf(route).forEach(link => {
      const other = byproducts.product[link], key = other * 4 + height;
      if (!comes.has(key)) comes.set(key, new Set());
      comes.get(key).add(at);
      if (level[other] < height) {
        level[other] = height;
        raised = true;
      }
    })));
    return raised;
  }

  /* ------------------------------------------------------------------ scene */

  function makeScene(day, view, landings) {
    const {found, milestones} = findMakers(day, landings);
    const none = [], allMakers = at => found.get(at) || none;
    const level = new Uint8Array(size), here = new Uint8Array(size), least = LEAST_STATE[view];
    found.forEach((list, at) => { level[at] = list[0].state; });
    const comes = spread(level, allMakers);
    const counted = new Map();
    found.forEach((list, at) => {
      const own = list.filter(maker => maker.state >= least);
      if (own.length) counted.set(at, own);
    });
    for (let at = 0; at < size; at += 1) here[at] = level[at] >= least ? 1 : 0;
    const scene = {
      level, here, milestones, allMakers, makers: at => counted.get(at) || none, counted,
      byproductOf: at => comes.get(at * 4 + level[at]) || new Set(),
    };
    noteUsers(scene);
    return scene;
  }

  function noteUsers(scene) {
    const users = new Map(), needers = new Map();
    const put = (map, key, value) => {
      if (!map.has(key)) map.set(key, new Set());
      map.get(key).add(value);
    };
    const note = (at, own) => new Set(own).forEach(route => inputsOf(route).forEach(link => put(users, inputs.product[link], at)));
    facts.pools.forEach(at => { if (scene.here[at]) note(at, routesOf(at)); });
    scene.counted.forEach((makers, at) => {
      const own = usualRoutes(at, makers);
      if (!isPool[at]) note(at, own);
      own.forEach(route => criticalOf[route].forEach(other => put(needers, other, at)));
    });
    const none = new Set();
    scene.users = at => users.get(at) || none;
    scene.needers = at => needers.get(at) || none;
  }

  /* The capacities of makers; of two projects that are in part the same the larger stands. */
  function amountsOf(makers) {
    const known = makers.filter(maker => maker.amount !== null);
    const left = new Set(known);
    known.slice().sort((one, two) => one.amount - two.amount || compareIds(one, two)).forEach(maker => {
      if (maker.project < 0) return;
      const twin = facts.projects[maker.project].overlaps;
      if (Array.from(left).some(other => other !== maker && twin.includes(other.project))) left.delete(maker);
    });
    return left;
  }
  const compareIds = (one, two) => {
    const ids = facts.projects;
    const a = one.project < 0 ? '' : ids[one.project].order, b = two.project < 0 ? '' : ids[two.project].order;
    return a - b;
  };

  /* ---------------------------------------------------------------- balance */

  function balance(scene) {
    const amount = new Float64Array(routes.length), runs = new Uint8Array(routes.length), partial = new Uint8Array(routes.length);
    const supply = new Float64Array(size), demand = new Float64Array(size);
    const lacksSupply = new Uint8Array(size), lacksDemand = new Uint8Array(size), capacity = new Float64Array(size).fill(NaN);
    scene.counted.forEach((makers, at) => {
      const known = amountsOf(makers);
      if (known.size) capacity[at] = 0;
      known.forEach(maker => { capacity[at] += maker.amount; });
      supply[at] = capacity[at] || 0;
      makers.forEach(maker => {
        if (maker.amount === null) lacksSupply[at] = 1;
        const route = usualRoutes(at, [maker])[0];
        if (route === undefined) return;
        runs[route] = 1;
        if (maker.amount === null) partial[route] = 1;
        else if (known.has(maker)) amount[route] += maker.amount;
      });
    });
    const activity = {amount, runs, partial};
    flow(byproducts, activity, supply, lacksSupply);
    flow(inputs, activity, demand, lacksDemand);
    fillPools(scene, supply, demand, lacksSupply);
    return finish({supply, demand, lacksSupply, lacksDemand, capacity, amount});
  }

  function flow(links, activity, sums, lacks) {
    links.product.forEach((product, at) => {
      const route = links.route[at], per = links.per[at], flags = links.flags[at];
      if (!activity.runs[route]) return;
      const once = (flags & ONCE) > 0;
      if (per !== null && !once) sums[product] += per * activity.amount[route];
      if (!(flags & MINOR) && (activity.partial[route] || per === null || once)) lacks[product] = 1;
    });
  }

  /* Each pool takes what its feeders have left; all take what their users need first. */
  function fillPools(scene, supply, demand, lacksSupply) {
    const pools = [];
    poolOrder.filter(at => scene.here[at]).forEach(at => routesOf(at).forEach(route => {
      if (criticalOf[route].every(other => scene.here[other])) pools.push([at, feedersOf(route)]);
    }));
    [true, false].forEach(neededOnly => pools.forEach(([at, feeders]) => {
      if (!feeders.complete || feeders.links.some(([other]) => lacksSupply[other])) lacksSupply[at] = 1;
      if (!feeders.links.length) return;
      let given = Math.min(...feeders.links.map(([other, per]) => Math.max(0, supply[other] - demand[other]) / per));
      if (neededOnly) given = Math.min(given, Math.max(0, demand[at] - supply[at]));
      supply[at] += given;
      feeders.links.forEach(([other, per]) => { demand[other] += given * per; });
    }));
  }

  function feedersOf(route) {
    const critical = Array.from(inputsOf(route)).filter(at => has(at, CRITICAL) && !has(at, ONCE));
    const known = critical.filter(at => inputs.per[at] > 0).map(at => [inputs.product[at], inputs.per[at]]);
    return {links: known, complete: known.length > 0 && known.length === critical.length};
  }

  function finish(sums) {
    const shortfall = new Float64Array(size).fill(NaN), surplus = new Float64Array(size).fill(NaN), cover = new Float64Array(size).fill(NaN);
    for (let at = 0; at < size; at += 1) {
      const given = sums.supply[at], taken = sums.demand[at];
      const hasSupply = given > 0 || !sums.lacksSupply[at], hasDemand = taken > 0 || !sums.lacksDemand[at];
      if (hasSupply && hasDemand) {
        let difference = taken - given;
        if (Math.abs(difference) <= EXACT * Math.max(taken, given)) difference = 0;
        shortfall[at] = Math.max(0, difference);
        surplus[at] = Math.max(0, -difference);
        if (taken > 0) cover[at] = given / taken;
      }
      if (!hasSupply) sums.supply[at] = NaN;
      if (!hasDemand) sums.demand[at] = NaN;
    }
    return Object.assign(sums, {shortfall, surplus, cover});
  }

  const isUsedUp = (sums, at) => sums.surplus[at] === 0 && sums.demand[at] > 0 && !sums.lacksSupply[at];

  /* What is here and not known to be used up; feeders of a pool with something left are. */
  function findSpare(scene, sums) {
    const spare = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) spare[at] = scene.here[at] && !isUsedUp(sums, at) ? 1 : 0;
    facts.pools.forEach(at => {
      if (!scene.here[at] || isUsedUp(sums, at)) return;
      routesOf(at).forEach(route => criticalOf[route].forEach(other => { if (scene.here[other]) spare[other] = 1; }));
    });
    return spare;
  }

  /* ------------------------------------------------------------------- gaps */

  /* The route that has all its critical inputs to spare, or else the first that tells any. */
  function likelyRoute(at, spare) {
    const own = makingRoutes[at], telling = own.filter(route => criticalOf[route].length);
    const complete = telling.find(route => criticalOf[route].every(other => spare[other]));
    return complete !== undefined ? complete : telling.length ? telling[0] : own.length ? own[0] : -1;
  }

  function materialsOf(at) {
    const found = new Set();
    routesOf(at).forEach(route => inputsOf(route).forEach(link => {
      if (has(link, MATERIAL) && !has(link, MINOR)) found.add(inputs.product[link]);
    }));
    return found;
  }

  function joins(scene, at) {
    if (!Array.from(materialsOf(at)).some(other => scene.here[other])) return false;
    return Array.from(scene.users(at)).some(user => !isPool[user] && materialsOf(user).has(at));
  }

  function findMissing(scene, spare, at) {
    if (scene.here[at]) return [];
    const route = likelyRoute(at, spare), critical = route < 0 ? [] : criticalOf[route];
    const missing = critical.filter(other => !spare[other]);
    if (missing.length || route >= 0 || scene.needers(at).size || joins(scene, at)) return missing;
    const sources = new Set(Array.from(comesBy(at), link => routes[byproducts.route[link]]));
    return Array.from(sources).filter(other => !scene.here[other]);
  }

  /* Why something is a gap under the rule of states, and the kind that each reason makes. */
  const KIND_OF = {needed: 1, joins: 1, too_little: 2, below_scale: 2, single_source: 2, short: 3, void: 4};

  function reasons(scene, sums, spare, at) {
    return scene.here[at] ? reasonsPresent(scene, sums, at) : [reasonAbsent(scene, spare, at)];
  }

  function reasonAbsent(scene, spare, at) {
    if (scene.needers(at).size) return 'needed';
    if (joins(scene, at)) return 'joins';
    const route = likelyRoute(at, spare);
    return route >= 0 && criticalOf[route].length && criticalOf[route].every(other => spare[other]) ? 'short' : 'void';
  }

  function reasonsPresent(scene, sums, at) {
    const found = [], makers = scene.makers(at), smallest = facts.scales[at];
    if (sums.shortfall[at] > 0 && !sums.lacksSupply[at]) found.push('too_little');
    if (smallest !== undefined && Array.from(amountsOf(makers)).some(maker => maker.amount < smallest)) found.push('below_scale');
    const single = new Set(makers.map(maker => maker.owner)).size === 1 && !scene.byproductOf(at).size;
    if (single && Array.from(scene.needers(at)).some(other => other !== at)) found.push('single_source');
    return found;
  }

  function judge(scene, sums, spare) {
    const kind = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) kind[at] = KIND_OF[reasons(scene, sums, spare, at)[0]] || 0;
    if (facts.rule === 'position') kind.forEach((each, at) => { if (each) kind[at] = BY_STAGE[facts.stages[at]]; });
    if (facts.rule === 'maturity') {
      const mature = findMaturity(scene);
      kind.forEach((each, at) => { if (each) kind[at] = BY_MATURITY[mature[facts.branches[at]]]; });
    }
    return kind;
  }

  function findMaturity(scene) {
    const all = facts.maturity.map(() => 0), here = facts.maturity.map(() => 0);
    facts.branches.forEach((branch, at) => {
      all[branch] += 1;
      here[branch] += scene.here[at];
    });
    return facts.maturity.map((said, branch) => said ||
      (!here[branch] ? 'emerging' : here[branch] >= ADVANTAGE * all[branch] ? 'advantage' : 'weak'));
  }

  /* --------------------------------------------------- feasible, local sourcing */

  /* What could be made, step by step, from what is here or within reach. */
  function findFeasible(scene, day) {
    const have = scene.here.slice();
    facts.shipped.forEach(([at, since]) => { if (since === null || since <= day) have[at] = 1; });
    const open = new Int32Array(routes.length).fill(-1), queue = [], feasible = new Uint8Array(size);
    const ways = [];
    for (let at = 0; at < size; at += 1) {
      if (scene.here[at]) continue;
      makingRoutes[at].forEach(route => {
        const needs = new Set(criticalOf[route]);
        if (!needs.size) return;
        ways.push(route);
        open[route] = Array.from(needs).filter(other => !have[other]).length;
        if (!open[route]) queue.push(route);
      });
    }
    const reach = at => {
      if (have[at]) return;
      have[at] = 1;
      feasible[at] = 1;
      new Set(Array.from(usesOf(at)).filter(link => has(link, CRITICAL)).map(link => inputs.route[link])).forEach(route => {
        if (open[route] > 0 && !(open[route] -= 1)) queue.push(route);
      });
    };
    for (let next = 0; next < queue.length; next += 1) {
      reach(routes[queue[next]]);
      Array.from(byproductsOf(queue[next]), link => byproducts.product[link]).forEach(reach);
    }
    ways.forEach(route => { if (criticalOf[route].every(other => have[other])) feasible[routes[route]] = 1; });
    return feasible;
  }

  function findSourcing(scene, sums) {
    const chainsOf = new Map();
    facts.chains.forEach((branches, chain) => branches.forEach(branch => {
      chainsOf.set(branch, (chainsOf.get(branch) || []).concat(chain));
    }));
    const needed = facts.chains.map(() => 0), met = facts.chains.map(() => 0);
    const critical = facts.chains.map(() => new Set());
    const taken = facts.chains.map(() => new Map());
    scene.counted.forEach((makers, at) => (chainsOf.get(facts.branches[at]) || []).forEach(chain => {
      usualRoutes(at, makers).forEach(route => criticalOf[route].forEach(other => critical[chain].add(other)));
      routesOf(at).forEach(route => inputsOf(route).forEach(link => {
        const per = inputs.per[link], other = inputs.product[link], amount = sums.amount[route] * (per || 0);
        if (amount && !has(link, ONCE)) taken[chain].set(other, (taken[chain].get(other) || 0) + amount);
      }));
    }));
    taken.forEach((of, chain) => of.forEach((amount, other) => {
      const tonnes = facts.tonnes[other];
      if (tonnes === undefined || Number.isNaN(sums.cover[other])) return;
      needed[chain] += amount * tonnes;
      met[chain] += amount * tonnes * Math.min(1, sums.cover[other]);
    }));
    return facts.chains.map((_, chain) => ({
      byVolume: needed[chain] ? met[chain] / needed[chain] : null,
      byNumber: critical[chain].size ? Array.from(critical[chain]).filter(other => scene.here[other]).length / critical[chain].size : null,
    }));
  }

  /* ----------------------------------------------------------------- survey */

  /* A place on a day, in a view, with some projects or products taken to run. */
  function survey(day, view, landings) {
    const scene = makeScene(day, view, landings || []), sums = balance(scene), spare = findSpare(scene, sums);
    return {
      state: scene.level, here: scene.here, kind: judge(scene, sums, spare),
      demand: sums.demand, supply: sums.supply, shortfall: sums.shortfall, capacity: sums.capacity,
      demandPartial: sums.lacksDemand, supplyPartial: sums.lacksSupply,
      reasons: at => reasons(scene, sums, spare, at),
      byproductOf: at => Array.from(scene.byproductOf(at)),
      feasible: findFeasible(scene, day), sourcing: findSourcing(scene, sums),
      missing: at => findMissing(scene, spare, at),
      needers: at => Array.from(scene.needers(at)).sort((one, two) => one - two),
      users: at => Array.from(scene.users(at)).sort((one, two) => one - two),
      makers: at => scene.allMakers(at),
      milestone: project => (scene.milestones[project] < 0 ? null : MILESTONES[scene.milestones[project]]),
    };
  }

  function findDates() {
    const days = new Set();
    facts.makers.since.concat(facts.makers.until).forEach(day => { if (day) days.add(day); });
    facts.makers.until.forEach(day => { if (day) days.add(dayAfter(day)); });
    facts.projects.forEach(project => project.milestones.forEach(([, day]) => days.add(day)));
    return Array.from(days).sort();
  }

  return {dates: findDates(), survey};
}

const dayAfter = day => new Date(Date.parse(day + 'T00:00:00Z') + 864e5).toISOString().slice(0, 10);
