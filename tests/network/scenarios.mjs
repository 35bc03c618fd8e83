// The networks that people have. Both directions are like this, each by itself; 20 ms one way unless it says otherwise.
// `then`: changes while it goes on. `goal`: what the project set itself, by figure: at most (`below`) or at least (`above`).

export const good = { rate: 0, queue: 300, loss: 0, burst: 0, delay: 20, jitter: 0, reorder: 0, late: 0, duplicate: 0 };

const steady = (link, goal = {}) => ({ link, goal });
const kbit = (rate) => ({ rate: rate * 1000 });

export const scenarios = {
  "nothing": steady({}, { concealed: { below: 1 }, longest_ms: { below: 500 } }),
  "1 % loss": steady({ loss: 1 }, { concealed: { below: 1 }, longest_ms: { below: 500 } }),
  "5 % loss": steady({ loss: 5 }, { concealed: { below: 2 }, longest_ms: { below: 500 } }),
  "10 % loss": steady({ loss: 10 }, { concealed: { below: 3 }, fps: { above: 10 } }),
  "20 % loss": steady({ loss: 20 }, { concealed: { below: 5 }, fps: { above: 5 } }),
  "30 % loss": steady({ loss: 30 }, { concealed: { below: 12 } }),
  "5 % loss in bursts of 8": steady({ loss: 5, burst: 8 }, { concealed: { below: 5 }, fps: { above: 5 } }),
  "200 ms jitter": steady({ jitter: 200 }, { concealed: { below: 5 }, fps: { above: 10 } }),
  "30 % loss, 200 ms jitter": steady({ loss: 30, jitter: 200 }, { concealed: { below: 12 } }),
  "international 250 +- 100 ms": steady({ delay: 150, jitter: 200 }, { concealed: { below: 5 }, fps: { above: 10 } }),
  "5 % overtaken, 2 % doubled": steady({ reorder: 5, late: 30, duplicate: 2 }, { concealed: { below: 2 }, longest_ms: { below: 500 } }),
  "300 kbit/s": steady(kbit(300), { used: { above: 80 }, queue_ms: { below: 150 }, concealed: { below: 3 } }),
  "150 kbit/s": steady(kbit(150), { queue_ms: { below: 150 }, concealed: { below: 3 } }),
  "50 kbit/s": steady(kbit(50), { queue_ms: { below: 150 }, concealed: { below: 5 } }),
  "2 Mbit/s, 500 kbit/s, 2 Mbit/s": {
    link: kbit(2000),
    goal: { continues_ms: { below: 2000 }, longest_ms: { below: 500 }, back_ms: { below: 15000 }, used: { above: 80 }, queue_ms: { below: 150 } },
    steps: { settle: 9, low: kbit(500), low_seconds: 9, back: kbit(2000), back_seconds: 17 },
  },
};
