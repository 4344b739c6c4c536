// Opens a GEXF file in graphology, the library of Gephi Lite, and tells what is in it.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_HOME);
const { MultiDirectedGraph } = require("graphology");
const gexf = require("graphology-gexf");

const graph = gexf.parse(MultiDirectedGraph, fs.readFileSync(process.argv[2], "utf8"));
process.stdout.write(JSON.stringify(graph.export()));
