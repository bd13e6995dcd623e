"use strict";
// The neural network of TensorFlow Playground (playground.tensorflow.org) as it computes: an object a neuron, an object a
// connection, one sample after the other, gradients accumulated until the batch is through. Written anew for `nnviz bench`
// from what that algorithm does, so that its speed can be measured beside nnviz's where node is installed.
//
// Reads lines from stdin: first one JSON object, {"shape", "weights", "biases", "train", "test", "batch", "rate", "frame",
// "side"}; then numbers of steps (of frames, where "frame" is true). Each is answered by the microseconds of CPU time one took,
// counted from the first weights again. The line "weights" is answered by the weights and biases as they are.

const half = (answer, target) => 0.5 * Math.pow(answer - target, 2);
const halfSlope = (answer, target) => answer - target;
const tanh = {
  value: (sum) => Math.tanh(sum),
  slope: (sum) => {
    const answer = tanh.value(sum);
    return 1 - answer * answer;
  },
};
// The inputs of a network are functions of the point, looked up for each point anew.
const FEATURES = [
  { name: "x1", of: (x, y) => x },
  { name: "x2", of: (x, y) => y },
];

class Neuron {
  constructor(name, activation) {
    this.name = name;
    this.activation = activation;
    this.incoming = [];
    this.outgoing = [];
    this.bias = 0;
    this.sum = 0;
    this.answer = 0;
    this.answerSlope = 0;
    this.sumSlope = 0;
    this.gathered = 0;
    this.samples = 0;
  }

  respond() {
    this.sum = this.bias;
    for (let k = 0; k < this.incoming.length; k++) {
      const edge = this.incoming[k];
      this.sum += edge.weight * edge.from.answer;
    }
    this.answer = this.activation.value(this.sum);
    return this.answer;
  }
}

class Connection {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.weight = 0;
    this.slope = 0;
    this.gathered = 0;
    this.samples = 0;
  }
}

function build(shape) {
  const layers = [];
  for (let depth = 0; depth < shape.length; depth++) {
    const layer = [];
    for (let unit = 0; unit < shape[depth]; unit++) {
      const neuron = new Neuron(depth === 0 ? FEATURES[unit].name : `${depth}-${unit}`, tanh);
      for (const before of depth === 0 ? [] : layers[depth - 1]) {
        const edge = new Connection(before, neuron);
        before.outgoing.push(edge);
        neuron.incoming.push(edge);
      }
      layer.push(neuron);
    }
    layers.push(layer);
  }
  return layers;
}

function forward(layers, inputs) {
  const first = layers[0];
  for (let k = 0; k < first.length; k++) {
    first[k].answer = inputs[k];
  }
  for (let depth = 1; depth < layers.length; depth++) {
    const layer = layers[depth];
    for (let k = 0; k < layer.length; k++) {
      layer[k].respond();
    }
  }
  return layers[layers.length - 1][0].answer;
}

function backward(layers, target) {
  const output = layers[layers.length - 1][0];
  output.answerSlope = halfSlope(output.answer, target);
  for (let depth = layers.length - 1; depth >= 1; depth--) {
    const layer = layers[depth];
    for (let k = 0; k < layer.length; k++) {
      const neuron = layer[k];
      neuron.sumSlope = neuron.answerSlope * neuron.activation.slope(neuron.sum);
      neuron.gathered += neuron.sumSlope;
      neuron.samples++;
    }
    for (let k = 0; k < layer.length; k++) {
      const neuron = layer[k];
      for (let j = 0; j < neuron.incoming.length; j++) {
        const edge = neuron.incoming[j];
        edge.slope = neuron.sumSlope * edge.from.answer;
        edge.gathered += edge.slope;
        edge.samples++;
      }
    }
    if (depth > 1) {
      const before = layers[depth - 1];
      for (let k = 0; k < before.length; k++) {
        const neuron = before[k];
        neuron.answerSlope = 0;
        for (let j = 0; j < neuron.outgoing.length; j++) {
          const edge = neuron.outgoing[j];
          neuron.answerSlope += edge.weight * edge.to.sumSlope;
        }
      }
    }
  }
}

function update(layers, rate) {
  for (let depth = 1; depth < layers.length; depth++) {
    const layer = layers[depth];
    for (let k = 0; k < layer.length; k++) {
      const neuron = layer[k];
      if (neuron.samples > 0) {
        neuron.bias -= (rate * neuron.gathered) / neuron.samples;
        neuron.gathered = 0;
        neuron.samples = 0;
      }
      for (let j = 0; j < neuron.incoming.length; j++) {
        const edge = neuron.incoming[j];
        if (edge.samples > 0) {
          edge.weight -= (rate / edge.samples) * edge.gathered;
          edge.gathered = 0;
          edge.samples = 0;
        }
      }
    }
  }
}

function inputsAt(x, y) {
  const inputs = [];
  for (let k = 0; k < FEATURES.length; k++) {
    inputs.push(FEATURES[k].of(x, y));
  }
  return inputs;
}

class Playground {
  constructor(start) {
    this.start = start;
    this.layers = build(start.shape);
    this.train = start.train.map(([x, y, label]) => ({ x, y, label }));
    this.test = start.test.map(([x, y, label]) => ({ x, y, label }));
    this.maps = {};
    this.layers.flat().forEach((neuron) => {
      this.maps[neuron.name] = Array.from({ length: start.side }, () => new Array(start.side).fill(0));
    });
    this.reset();
  }

  reset() {
    this.position = 0;
    for (let depth = 1; depth < this.layers.length; depth++) {
      this.layers[depth].forEach((neuron, unit) => {
        neuron.bias = this.start.biases[depth - 1][unit];
        neuron.gathered = neuron.samples = 0;
        neuron.incoming.forEach((edge, source) => {
          edge.weight = this.start.weights[depth - 1][unit][source];
          edge.gathered = edge.samples = 0;
        });
      });
    }
  }

  steps(count) {
    const most = count * this.start.batch;
    for (let done = 1; done <= most; done++) {
      const point = this.train[this.position];
      forward(this.layers, inputsAt(point.x, point.y));
      backward(this.layers, point.label);
      if (done % this.start.batch === 0) {
        update(this.layers, this.start.rate);
      }
      this.position = (this.position + 1) % this.train.length;
    }
  }

  loss(points) {
    let total = 0;
    for (let k = 0; k < points.length; k++) {
      const point = points[k];
      total += half(forward(this.layers, inputsAt(point.x, point.y)), point.label);
    }
    return total / points.length;
  }

  draw() {
    const side = this.start.side;
    const place = (index) => -1 + (2 * index) / (side - 1);
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++) {
        const x = place(i);
        const y = place(j);
        forward(this.layers, inputsAt(x, y));
        for (let depth = 1; depth < this.layers.length; depth++) {
          const layer = this.layers[depth];
          for (let k = 0; k < layer.length; k++) {
            this.maps[layer[k].name][i][j] = layer[k].answer;
          }
        }
      }
    }
  }

  frames(count) {
    for (let done = 0; done < count; done++) {
      this.steps(this.train.length / this.start.batch);
      this.losses = [this.loss(this.train), this.loss(this.test)];
      this.draw();
    }
  }

  run(count) {
    return this.start.frame ? this.frames(count) : this.steps(count);
  }

  weights() {
    const layers = this.layers.slice(1);
    return {
      weights: layers.map((layer) => layer.map((neuron) => neuron.incoming.map((edge) => edge.weight))),
      biases: layers.map((layer) => layer.map((neuron) => neuron.bias)),
      losses: this.losses,
    };
  }
}

let playground = null;
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (playground === null) {
    playground = new Playground(JSON.parse(line));
  } else if (line === "weights") {
    console.log(JSON.stringify(playground.weights()));
  } else {
    const count = Number(line);
    playground.reset();
    const before = process.cpuUsage();
    playground.run(count);
    const used = process.cpuUsage(before);
    console.log((used.user + used.system) / count);
  }
});
