/** `npm run coverage:decision`: prints the table of the decision core's coverage, and each line or branch that no test has taken. */
import { measureDecisionCoverage } from './decision-coverage.ts';

const { isComplete, output, leftOut } = await measureDecisionCoverage(process.env);
const table = output.indexOf('start of coverage report');
console.log(isComplete || leftOut.length > 0 ? output.slice(table) : output);
for (const place of leftOut) console.log(place);
process.exitCode = isComplete ? 0 : 1;
