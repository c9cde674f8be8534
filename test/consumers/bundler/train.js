import { createDataset, encode, loadRun, train, traverse } from 'vaemetrics/train';
import { trainBriefly } from '../train-briefly.js';

document.querySelector('output').textContent = await trainBriefly({ createDataset, encode, loadRun, train, traverse });
