/** The entry of a worker thread: answers the jobs of the thread that opened it. */
import { answerRequests } from '../bindings/pool.js';
import { isDecompositionJob, makeDecompositionHandler } from './facade/jobs/decomposition-jobs.js';
import { type Job, makeJobHandler } from './facade/jobs/jobs.js';

const handle = makeJobHandler();
// Cancelling ends the thread; there is nobody to report progress to.
const decompose = makeDecompositionHandler(() => {});
answerRequests((request) => (isDecompositionJob(request) ? decompose(request) : handle(request as Job)));
