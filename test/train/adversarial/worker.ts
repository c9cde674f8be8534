/** The entry of a worker that knows how to build the pair. */
import { serve } from '../../../bindings/worker-host.js';
import { makeShardHandler } from '../../../src/train/parallel/shard-handler.js';
import { buildPairWork } from './pair.js';

serve(makeShardHandler({ pair: buildPairWork }));
