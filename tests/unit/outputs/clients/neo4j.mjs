// Lets the linter of Neo4j, which parses Cypher and analyses what it means, read scripts.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_HOME);
const { lintCypherQuery } = require("@neo4j-cypher/language-support");

const told = process.argv.slice(2).map((file) => {
    const { diagnostics } = lintCypherQuery(fs.readFileSync(file, "utf8"), {});
    return diagnostics.map((each) => each.message);
});
process.stdout.write(JSON.stringify(told));
