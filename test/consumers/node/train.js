/** A script in Node that trains: prints what came of it as one line of JSON. */
import * as library from 'vaemetrics/train';
import { trainBriefly } from '../train-briefly.js';

process.stdout.write(await trainBriefly(library));
