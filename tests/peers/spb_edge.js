// An Eclipse Tahu edge node: PORT GROUP NODE DEVICE METRICS PERIOD_MS. Metric 9 is null now and then.
const sparkplug = require('sparkplug-client');
const [port, group, node, device, metrics, period] = process.argv.slice(2);
const client = sparkplug.newClient({
  serverUrl: `mqtt://127.0.0.1:${port}`, username: '', password: '', groupId: group, edgeNode: node,
  clientId: `edge-${node}-${process.pid}`, version: 'spBv1.0', keepalive: 5,
});
let tick = 0;
const values = () => Array.from({ length: Number(metrics) }, (_, i) => ({
  name: `m${i}`, type: 'Double', value: i === 9 && tick % 3 === 0 ? null : tick + i / 1000, timestamp: Date.now(),
}));
const born = () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: [
    { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
    { name: 'Node Info/Name', type: 'String', value: node },
    { name: 'Numbers/Int8', type: 'Int8', value: -1 },
    { name: 'Numbers/Int16', type: 'Int16', value: -300 },
    { name: 'Numbers/Int32', type: 'Int32', value: -70000 },
  ] });
  client.publishDeviceBirth(device, { timestamp: Date.now(), metrics: [
    ...values(),
    { name: 'Power', type: 'Float', value: 12.5, properties: { engUnit: { type: 'String', value: 'kW' } } },
    { name: 'Big', type: 'UInt64', value: 4503599627370497 },
  ] });
};
client.on('birth', born);
client.on('ncmd', (payload) => {
  if (payload.metrics.some((m) => m.name === 'Node Control/Rebirth' && m.value)) { console.log('rebirth'); born(); }
});
setInterval(() => {
  if (!client.connected) return;
  tick += 1;
  const compressed = [undefined, { compress: true, algorithm: 'GZIP' }, { compress: true }][tick % 3];
  client.publishDeviceData(device, { timestamp: Date.now(), metrics: values() }, compressed);
}, Number(period));
