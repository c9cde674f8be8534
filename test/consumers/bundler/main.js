import { score } from 'vaemetrics';
import { showReport } from '../show-report.js';

await showReport({ score });
