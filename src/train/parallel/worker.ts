/** The entry of a worker that trains. */
import { serve } from '../../../bindings/worker-host.js';
import { buildVaeWork } from '../vae/description.js';
import { makeShardHandler } from './shard-handler.js';

serve(makeShardHandler({ vae: buildVaeWork }));
