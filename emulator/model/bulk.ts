import { admit, buildService } from './build.ts';
import { setStatus, type World } from './world.ts';

const subjects = ['ocr', 'rank', 'churn', 'face', 'intent', 'price', 'route', 'query', 'voice', 'risk'] as const;
const kinds = ['cnn', 'bert', 'xgb', 'lr', 'gbdt', 'wide', 'mmoe', 'unet'] as const;
const day = 86_400_000;

/** Fills up to `count` services with made-up ones. Their workers are made only when somebody looks. */
export function populateBulk(world: World, count: number): void {
  const now = world.clock.now();
  const random = world.random.fork('bulk');
  for (let i = world.services.size; i < count; i++) {
    const name = `${random.pick(subjects)}_${random.pick(kinds)}_${String(i).padStart(5, '0')}`;
    const gpu = random.next() < 0.25 ? random.integer(1, 2) : 0;
    const cpu = random.pick([1, 2, 4, 8]);
    const instance = random.integer(1, 6);
    const createdAt = now - Math.floor(random.next() * 400 * day);
    const config = {
      name,
      metadata: { instance, cpu, memory: cpu * 2000, ...(gpu ? { gpu } : {}) },
      processor: gpu ? 'tensorflow_gpu_1.15' : 'tensorflow_cpu_1.15',
      model_path: `oss://pai-models-${world.region}/${name}/model.tar.gz`,
    };
    const service = buildService(world, name, config, createdAt);
    service.currentVersion = service.latestVersion = random.integer(1, 9);
    service.versions = Array.from({ length: service.latestVersion }, (_, at) => ({
      id: at + 1,
      builtAt: createdAt + at * 3_600_000,
      config,
      imageAvailable: 'true',
      runnable: 'true',
      message: 'Service is Running',
    }));
    service.updatedAt = createdAt + (service.latestVersion - 1) * 3_600_000;
    const stopped = random.next() < 0.08;
    service.workers = stopped ? [] : undefined;
    admit(world, service);
    if (stopped) setStatus(service, 'Stopped', 'Service is stopped');
    else setStatus(service, 'Running', 'Service start successfully');
  }
}
