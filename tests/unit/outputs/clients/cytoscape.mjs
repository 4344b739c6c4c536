// Opens a file in Cytoscape.js, without a screen, and tells what is in it.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_HOME);
const cytoscape = require("cytoscape");

const { elements } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const graph = cytoscape({ headless: true, elements });
const tell = (element) => element.data();
const boxes = graph.nodes().filter((node) => node.isParent()).length;
const told = { nodes: graph.nodes().map(tell), edges: graph.edges().map(tell), boxes };
process.stdout.write(JSON.stringify(told), () => process.exit());
