// A machine's OPC UA server by another maker (node-opcua): PORT [options as JSON].
// spaces: namespaces in their order; items: how many v0, v1... change every period (ms); companions: with the models of
// Machinery and PackML; secure: only with certificates; users: only with a name and a password.
const path = require("path");
const ua = require("node-opcua");
const port = Number(process.argv[2]);
const options = JSON.parse(process.argv[3] || "{}");
const spaces = options.spaces || ["urn:andon:press"];
const period = options.period || 100;
const T = ua.DataType;

function variable(space, name, dataType, value, more) {
  return space.addVariable({
    organizedBy: more && more.parent ? undefined : space.addressSpace.rootFolder.objects, browseName: name,
    nodeId: `s=${name}`, dataType, value: { dataType, ...value }, minimumSamplingInterval: 50, ...more });
}

function kinds(space) {
  const one = (name, type, value) => variable(space, name, type, { value, arrayType: ua.VariantArrayType.Scalar });
  one("Small", T.SByte, -100); one("Int16", T.Int16, -12); one("UInt32", T.UInt32, 4294967295);
  one("Int64", T.Int64, [0xffdfffff, 0xffffffff]); one("UInt64", T.UInt64, [0xffffffff, 0xffffffff]);
  one("Float", T.Float, 21.5); one("On", T.Boolean, true); one("Serial", T.String, "000123");
  one("Built", T.DateTime, new Date("2026-10-01T06:00:00.250Z"));
  one("Guid", T.Guid, "72962b91-fa75-4ae6-8d28-b404dc7daf63"); one("Tag", T.ByteString, Buffer.from("cafe", "hex"));
  one("Text", T.LocalizedText, ua.coerceLocalizedText("läuft"));
  variable(space, "Temps", T.Double, { arrayType: ua.VariantArrayType.Array, value: new Float64Array([1.5, 2.5, 3.5]) },
    { valueRank: 1 });
  variable(space, "Grid", T.Int32, { arrayType: ua.VariantArrayType.Matrix, dimensions: [2, 3],
    value: new Int32Array([1, 2, 3, 4, 5, 6]) }, { valueRank: 2, arrayDimensions: [2, 3] });
  const sick = one("Sick", T.Double, 1); sick.setValueFromSource({ dataType: T.Double, value: 7 }, ua.StatusCodes.BadDeviceFailure);
  const vague = one("Vague", T.Double, 1);
  vague.setValueFromSource({ dataType: T.Double, value: 7 }, ua.StatusCodes.UncertainLastUsableValue);
}

function plant(space) {
  const press = space.addObject({ organizedBy: space.addressSpace.rootFolder.objects, browseName: "Press 3", nodeId: "s=Press" });
  space.addAnalogDataItem({ componentOf: press, browseName: "Pressure", nodeId: "s=Pressure", dataType: "Double",
    description: "hydraulic pressure", engineeringUnitsRange: { low: 0, high: 250 },
    engineeringUnits: ua.standardUnits.bar, value: { dataType: T.Double, value: 180.5 } });
  const states = space.addEnumerationType({ browseName: "PressState", enumeration: ["Stopped", "Running", "Fault"] });
  space.addVariable({ componentOf: press, browseName: "State", nodeId: "s=State", dataType: states.nodeId,
    value: { dataType: T.Int32, value: 1 } });
  return press;
}

function count(addressSpace, space, press) {
  const packml = addressSpace.getNamespaceIndex("http://opcfoundation.org/UA/PackML/");
  if (packml < 0) return;
  const kind = addressSpace.findDataType("PackMLCountDataType", packml);
  const made = addressSpace.constructExtensionObject(kind, { id: 4711, name: "bottles", count: 12, accCount: 345 });
  const where = { componentOf: press, browseName: "Made", nodeId: "s=Made", dataType: kind.nodeId };
  space.addVariable({ ...where, value: { dataType: T.ExtensionObject, value: made } });
  const object = space.addObject({ componentOf: press, browseName: "Status", nodeId: "s=Status" });
  for (const [name, dataType, value] of [["CurMachSpeed", T.Float, 120], ["StateCurrent", T.Int32, 6], ["UnitModeCurrent", T.Int32, 1]]) {
    space.addVariable({ componentOf: object, browseName: { name, namespaceIndex: packml }, dataType, value: { dataType, value } });
  }
}

function machinery(addressSpace, space, press) {
  const index = addressSpace.getNamespaceIndex("http://opcfoundation.org/UA/Machinery/");
  if (index < 0) return;
  for (const [type, name, state] of [["MachineryItemState_StateMachineType", "MachineryItemState", "Executing"],
    ["MachineryOperationModeStateMachineType", "MachineryOperationMode", "Processing"]]) {
    const machine = addressSpace.findObjectType(type, index).instantiate({ componentOf: press, browseName: name, namespace: space });
    machine.currentState.setValueFromSource({ dataType: T.LocalizedText, value: ua.coerceLocalizedText(state) });
  }
}

async function main() {
  const folder = path.join(process.cwd(), "pki");
  const certificates = new ua.OPCUACertificateManager({ rootFolder: folder, automaticallyAcceptUnknownCertificate: !options.strict });
  await certificates.initialize();
  const named = ["standard", ...(options.companions ? ["di", "ia", "machinery", "packML"] : [])];
  const server = new ua.OPCUAServer({
    port, host: "127.0.0.1", hostname: "127.0.0.1", resourcePath: "/press", serverCertificateManager: certificates,
    nodeset_filename: named.map((n) => ua.nodesets[n]), maxConnectionsPerEndpoint: 20,
    allowAnonymous: !options.users,
    userManager: { isValidUser: (user, password) => user === "andon" && password === "secret" },
    ...(options.secure ? { securityModes: [ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt] } : {}),
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace;
  for (const uri of spaces) addressSpace.registerNamespace(uri);
  const space = addressSpace.getNamespace("urn:andon:press");
  kinds(space);
  const press = plant(space);
  count(addressSpace, space, press);
  machinery(addressSpace, space, press);
  const counter = variable(space, "Counter", T.Int32, { value: 0 });
  const level = variable(space, "Level", T.Double, { value: 0 });
  for (const node of [counter, level]) addressSpace.installHistoricalDataNode(node, { maxOnlineValues: 100000 });
  const items = Array.from({ length: options.items || 0 }, (_, i) => variable(space, `v${i}`, T.Double, { value: 0 }));
  let tick = 0;
  setInterval(() => {
    tick += 1;
    counter.setValueFromSource({ dataType: T.Int32, value: tick });
    level.setValueFromSource({ dataType: T.Double, value: tick / 4 });
    for (const item of items) item.setValueFromSource({ dataType: T.Double, value: tick });
  }, period);
  await server.start();
}

main();
