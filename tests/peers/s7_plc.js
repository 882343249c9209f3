// A Siemens controller by the Snap7 server (C): PORT. DB1 has values, DB2 ten bytes, MB0 to MB19; there is no DB9.
const snap7 = require("node-snap7")
const port = Number(process.argv[2])
const server = new snap7.S7Server()

const db1 = Buffer.alloc(600)
db1.writeFloatBE(21.5, 0) // DBD0: real
db1.writeInt16BE(-12, 4) // DBW4: int
db1[6] = 0b00100001 // DBX6.0, DBX6.5
db1.writeInt32BE(-70000, 8) // DBD8: dint
db1.writeDoubleBE(-1234.56789, 12) // DBB12: lreal
db1.writeBigUInt64BE(9007199254740993n, 20) // DBB20: ulint
db1[30] = 10 // DBB30: string10
db1[31] = 7
db1.write("PRESS 3", 32, "latin1")
db1.writeUInt16BE(4, 50) // DBB50: wstring4
db1.writeUInt16BE(2, 52)
db1.writeUInt16BE(0x6b62, 54), db1.writeUInt16BE(0x7ebf, 56)
db1.writeFloatBE(NaN, 60) // DBD60
db1.writeUInt32BE(4000000000, 590) // DBD590: udint
const flags = Buffer.alloc(20)
flags[10] = 0b10

const began = Date.now()
server.SetParam(server.LocalPort, port)
server.RegisterArea(server.srvAreaDB, 1, db1)
server.RegisterArea(server.srvAreaDB, 2, Buffer.alloc(10))
server.RegisterArea(server.srvAreaMK, flags)
if (!server.StartTo("127.0.0.1")) throw new Error(server.ErrorText(server.LastError()))
setInterval(() => {
  flags.writeUInt16BE(Math.floor((Date.now() - began) / 100) & 0xffff, 0) // MW0: a clock
  server.SetArea(server.srvAreaMK, flags)
}, 20)
