/** A program that looks at a run as it was left, and prints what it holds: `reader.ts FOLDER`. */
import { checkRunFolder } from '../kill.js';

console.log(JSON.stringify(await checkRunFolder(process.argv[2])));
