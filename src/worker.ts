/** The entry of a worker thread: answers the jobs of the thread that opened it. */
import { answerRequests } from '../bindings/pool.js';
import { answerJobs } from './facade/jobs/answer-jobs.js';
import { decompositionWork } from './facade/jobs/decomposition-work.js';
import { scoreWork } from './facade/jobs/score-work.js';
import type { Job } from './facade/jobs/work.js';

const answer = answerJobs([scoreWork, decompositionWork]);
answerRequests((request) => answer(request as Job));
