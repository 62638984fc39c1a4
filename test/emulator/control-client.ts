export type Control = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) => Promise<unknown>;

/** Steers an emulator through its control door; rejects with `status: message` when it refuses. */
export function createControl(url: string): Control {
  return async (method, path, body) => {
    const sent = method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) };
    const response = await fetch(`${url}/${path}`, { method, ...sent });
    const answer = (await response.json()) as { Message?: string };
    if (!response.ok) throw new Error(`${response.status}: ${answer.Message}`);
    return answer;
  };
}
