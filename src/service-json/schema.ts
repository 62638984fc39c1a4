/** `text` is a JSON string, `list` an array, `map` an object with keys of the user's own, `any` is not looked at. */
export type Kind = 'text' | 'number' | 'integer' | 'boolean' | 'object' | 'map' | 'list' | 'any';

/** One documented key. */
export interface SchemaEntry {
  /** Dotted from the root; `[]` stands for the items of a list. */
  readonly path: string;
  readonly type: readonly Kind[];
  /** What the key means, its unit and default. */
  readonly note: string;
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  /** Accepted values, compared without case. */
  readonly values?: readonly string[];
  /** The dotted key is also written as one key (`"rpc.batching"`) in the object before it. */
  readonly flat?: true;
  /** Its keys are documented in part only: just a near miss of a known key is worth a word. */
  readonly open?: true;
  /** Its value is never shown. */
  readonly secret?: true;
}

type More = Omit<SchemaEntry, 'path' | 'type' | 'note'>;

function key(path: string, type: Kind | readonly Kind[], note: string, more: More = {}): SchemaEntry {
  return { path, type: typeof type === 'string' ? [type] : type, note, ...more };
}

const whole: More = { min: 0 };
const archive = 'oss://…, or http(s):// of a .tar.gz, .tar, .bz2 or .zip';

/** The service's JSON: the tables of the eascmd reference, and the documented parameters of model services since. */
export const serviceSchema: readonly SchemaEntry[] = [
  key('name', 'text', 'service name, unique in a region', { required: true }),
  key('token', 'text', 'token of callers; made by the system if missing', { secret: true }),
  key('generate_token', 'boolean', 'make a token'),
  key('model_path', 'text', `model: ${archive}; a local path only for eascmd test`),
  key('oss_endpoint', 'text', 'OSS endpoint of model_path, needed for another region than the service’s'),
  key('model_entry', 'text', 'entry file of the model; default: the file name in model_path'),
  key('model_config', ['text', 'object'], 'any text, given to the processor with the model'),
  key('processor', 'text', 'code of a ready-made processor, such as tensorflow_cpu'),
  key('processor_path', 'text', `own processor: ${archive}`),
  key('processor_entry', 'text', 'main file of a cpp or python processor, such as libprocessor.so or app.py'),
  key('processor_mainclass', 'text', 'main class of a java processor, such as com.aliyun.TestProcessor'),
  key('processor_type', 'text', 'language of the processor', { values: ['cpp', 'java', 'python'] }),
  key('warm_up_data_path', 'text', 'requests that warm the model up'),
  key('metadata', 'object', 'size and behaviour of the service', { required: true }),
  key('runtime', 'object', 'how the processor runs', { open: true }),
  key('runtime.enable_crash_block', 'boolean', 'keep a crashed worker for inspection'),
  key('autoscaler', 'object', 'limits and strategies of automatic scaling'),
  key('autoscaler.min', 'integer', 'fewest instances', whole),
  key('autoscaler.max', 'integer', 'most instances', whole),
  key('autoscaler.strategies', 'map', 'metric to threshold, such as qps: 10'),
  key('autoscaler.scaleStrategies', 'list', 'metricName and threshold each'),
  key('autoscaler.scaleStrategies[].metricName', 'text', 'metric'),
  key('autoscaler.scaleStrategies[].threshold', 'number', 'value per instance that is aimed at'),
  key('autoscaler.scaleStrategies[].service', 'text', 'service that the metric is taken from'),
  key('autoscaler.behavior', 'object', 'windows of scaling up, down and to zero', { open: true }),
  key('labels', ['map', 'list'], 'labels of the service'),
  key('unit', 'object', 'size of a unit of several workers', { open: true }),
  key('unit.size', 'integer', 'workers in a unit', { min: 1 }),
  key('sinker', 'any', 'where requests and responses are recorded'),
  key('confidential', 'any', 'confidential inference'),
  key('aimaster', 'any', 'fault tolerance'),
  key('containers', 'list', 'own images'),
  key('containers[]', 'object', 'one image', { open: true }),
  key('containers[].image', 'text', 'image with its tag'),
  key('containers[].name', 'text', 'container name'),
  key('containers[].port', 'integer', 'port that is listened on; 8080 and 9090 are reserved', { min: 1, max: 65535 }),
  key('containers[].script', 'text', 'shell command line that starts it'),
  key('containers[].command', ['text', 'list'], 'command that starts it'),
  key('containers[].args', ['text', 'list'], 'arguments of the command'),
  key('containers[].env', ['list', 'map'], 'environment, name and value each'),
  key('containers[].prepare', 'object', 'what is installed before the start', { open: true }),
  key('dockerAuth', 'text', 'base64 of user:password of a private registry', { secret: true }),
  key('storage', 'list', 'mounts'),
  key('storage[]', 'object', 'one mount', { open: true }),
  key('storage[].mount_path', 'text', 'folder in the container'),
  key('storage[].oss', 'object', 'an OSS folder', { open: true }),
  key('storage[].oss.path', 'text', 'oss://bucket/folder/'),
  key('storage[].oss.readOnly', 'boolean', 'mounted for reading only'),
  key('networking', 'object', 'gateway and its limits', { open: true }),
  key('networking.gateway', 'text', 'id of a dedicated gateway'),
  key('networking.traffic_state', 'text', 'standalone or in its group', { values: ['standalone', 'grouping'] }),
  key('networking.gateway_policy', 'object', 'limits at the gateway', { open: true }),
  key('networking.gateway_policy.rate_limit', 'object', 'requests per second', { open: true }),
  key('networking.gateway_policy.rate_limit.enable', 'boolean', 'limit on'),
  key('networking.gateway_policy.rate_limit.limit', 'number', 'requests per second', whole),
  key('networking.gateway_policy.concurrency_limit', 'object', 'requests at once', { open: true }),
  key('networking.gateway_policy.concurrency_limit.enable', 'boolean', 'limit on'),
  key('networking.gateway_policy.concurrency_limit.limit', 'number', 'requests at once', whole),
  key('networking.nlb', 'list', 'network load balancers'),
  key('cloud', 'object', 'machines and VPC', { open: true }),
  key('cloud.computing', 'object', 'machine types of the public resource group', { open: true }),
  key('cloud.computing.instance_type', 'text', 'one machine type, such as ecs.c7a.large'),
  key('cloud.computing.instances', 'list', 'machine types in the order they are tried'),
  key('cloud.computing.instances[]', 'object', 'one machine type', { open: true }),
  key('cloud.computing.instances[].type', 'text', 'machine type'),
  key('cloud.computing.instances[].spot_price_limit', 'number', 'highest spot price', whole),
  key('cloud.computing.instances[].capacity', ['integer', 'text'], 'most instances of this type'),
  key('cloud.computing.disable_spot_protection_period', 'boolean', 'no protected first hour of spot machines'),
  key('cloud.networking', 'object', 'the VPC that the service reaches', { open: true }),
  key('cloud.networking.vpc_id', 'text', 'VPC, vpc-…'),
  key('cloud.networking.vswitch_id', 'text', 'VSwitch, vsw-…'),
  key('cloud.networking.security_group_id', 'text', 'security group, sg-…'),
  key('cloud.networking.destination_cidrs', ['text', 'list'], 'ranges routed into the VPC'),
  key('cloud.networking.default_route', 'text', 'interface of the default route'),
  key('features', 'map', 'switches; their values are texts'),
  key('metadata.name', 'text', 'service name; the same as name'),
  key('metadata.region', 'text', 'region; added by the server'),
  key('metadata.instance', 'integer', 'number of instances', { required: true, min: 0, max: 1000 }),
  key('metadata.workers', 'integer', 'threads for requests in an instance, default 5; the same as rpc.worker_threads', {
    min: 1,
  }),
  key('metadata.cpu', 'number', 'cores of an instance', whole),
  key('metadata.gpu', 'integer', 'GPUs of an instance', { min: 0, max: 16 }),
  key('metadata.memory', 'integer', 'MB of an instance', { min: 1 }),
  key('metadata.gpu_memory', 'number', 'GB of a shared GPU', whole),
  key('metadata.gpu_core_percentage', 'integer', 'percent of a shared GPU’s cores', { min: 0, max: 100 }),
  key('metadata.resource', 'text', 'dedicated resource group, eas-r-…; missing: the public one'),
  key('metadata.workspace_id', ['text', 'integer'], 'workspace'),
  key('metadata.cuda', ['text', 'number'], 'CUDA version'),
  key('metadata.rdma', ['integer', 'boolean'], 'RDMA'),
  key('metadata.enable_grpc', 'boolean', 'gRPC at the gateway'),
  key('metadata.enable_webservice', 'boolean', 'a web page instead of an API'),
  key('metadata.type', 'text', 'kind of service'),
  key('metadata.qos', 'text', 'sharing of the node'),
  key('metadata.group', 'text', 'service group; made if it does not exist'),
  key('metadata.role', 'text', 'role in the group'),
  key('metadata.release', 'boolean', 'create a blue-green partner of the service of this name'),
  key('metadata.traffic_state', 'text', 'standalone or in its group', { values: ['standalone', 'grouping'] }),
  key('metadata.rolling_strategy', 'object', 'pace of a rolling update'),
  key('metadata.rolling_strategy.max_surge', ['integer', 'text'], 'instances above the number, default 2%'),
  key('metadata.rolling_strategy.max_unavailable', ['integer', 'text'], 'missing instances; default 1, public 0'),
  key('metadata.eas', 'object', 'behaviour of instances', { open: true }),
  key('metadata.eas.termination_grace_period', 'integer', 'seconds to end, default 30', { min: 0, flat: true }),
  key('metadata.scheduling', 'object', 'placement', { open: true }),
  key('metadata.scheduling.spread', 'object', 'spreading of instances', { open: true }),
  key('metadata.scheduling.spread.policy', 'text', 'spread over', { values: ['host', 'zone', 'default'], flat: true }),
  key('metadata.resource_rebalancing', 'boolean', 'move to dedicated nodes when they become free'),
  key('metadata.workload_type', 'text', 'elasticjob for offline tasks'),
  key('metadata.resource_burstable', 'boolean', 'use the public group when the dedicated one is full'),
  key('metadata.shm_size', 'number', 'GB of shared memory', whole),
  key('metadata.disk', 'text', 'system disk, such as 30Gi'),
  key('metadata.rpc', 'object', 'the server of requests in an instance'),
  key('metadata.rpc.batching', 'boolean', 'batch requests for GPU models, default false', { flat: true }),
  key('metadata.rpc.keepalive', 'integer', 'most ms for a request, then 408; default 5000', { min: 1, flat: true }),
  key('metadata.rpc.io_threads', 'integer', 'threads for network IO in an instance, default 4', { min: 1, flat: true }),
  key('metadata.rpc.max_batch_size', 'integer', 'most requests in a batch, default 16', { min: 1, flat: true }),
  key('metadata.rpc.max_batch_timeout', 'integer', 'most ms to fill a batch, default 50', { min: 0, flat: true }),
  key('metadata.rpc.max_queue_size', 'integer', 'queued requests before 450, default 64', { min: 1, flat: true }),
  key('metadata.rpc.worker_threads', 'integer', 'threads for requests, default 5', { min: 1, flat: true }),
  key('metadata.rpc.rate_limit', 'number', 'requests per second of an instance', { min: 0, flat: true }),
  key('metadata.rpc.enable_sigterm', 'boolean', 'the processor hears of the end', { flat: true }),
];

/** The network JSON of a resource group (`eascmd resource network`), and the API's name of the ranges. */
export const networkSchema: readonly SchemaEntry[] = [
  key('Action', 'text', 'what to do', { required: true, values: ['create', 'delete'] }),
  key('VSwitchId', 'text', 'main VSwitch; its network interface must not be deleted'),
  key('SecurityGroupId', 'text', 'security group of the clients'),
  key('VSwitchIdList', 'list', 'further VSwitches of the same VPC'),
  key('VSwitchIdList[]', 'text', 'VSwitch'),
  key('DestinationCIDR', 'text', 'range of the clients in the same VPC'),
  key('DestinationCIDRs', 'text', 'ranges of the clients in the same VPC, separated by commas'),
];
