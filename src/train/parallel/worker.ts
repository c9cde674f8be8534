/** The entry of a worker that trains. */
import { serve } from '../../../bindings/worker-host.js';
import { makeShardHandler } from './shard-handler.js';

serve(makeShardHandler());
