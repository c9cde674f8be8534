/** The entry of a worker thread: answers the jobs of the thread that opened it. */
import { answerRequests } from '../bindings/pool.js';
import { type Job, makeJobHandler } from './jobs.js';

const handle = makeJobHandler();
answerRequests((request) => handle(request as Job));
