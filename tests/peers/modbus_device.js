// A Modbus TCP device by modbus-serial: PORT. Unit 1 has registers, unit 3 is another one, unit 2 never answers.
const ModbusRTU = require("modbus-serial")
const port = Number(process.argv[2])
const began = Date.now()

const bytes = Buffer.alloc(400)
bytes.writeFloatBE(21.5, 2 * 10) // 10: float32 abcd
bytes.writeDoubleBE(-1234.56789, 2 * 12) // 12: float64 abcd
bytes.writeInt16BE(-12, 2 * 20) // 20: int16
bytes.writeInt32BE(-70000, 2 * 21) // 21: int32 abcd
bytes.writeUInt32BE(4000000000, 2 * 23) // 23: uint32 abcd
bytes.writeBigUInt64BE(9007199254740993n, 2 * 25) // 25: uint64, one more than a double has
bytes.writeBigInt64BE(-9007199254740993n, 2 * 29) // 29: int64
const floating = Buffer.alloc(4)
floating.writeFloatBE(21.5)
floating.copy(bytes, 2 * 40, 2, 4), floating.copy(bytes, 2 * 41, 0, 2) // 40: float32 cdab
floating.copy(bytes, 2 * 42).valueOf(), bytes.subarray(84, 88).swap16() // 42: float32 badc
floating.copy(bytes, 2 * 44), bytes.subarray(88, 92).reverse() // 44: float32 dcba
bytes.writeUInt32BE(0x12345678, 2 * 46) // 46: bcd32
bytes.writeUInt16BE(0x12f4, 2 * 48) // 48: no BCD
bytes.write("PRESS 3\0\0\0", 2 * 50, "latin1") // 50: text
bytes.writeUInt16BE(0b1000, 2 * 56) // 56: bit 3
bytes.writeFloatBE(NaN, 2 * 58) // 58: no number

// 60 to 69 do not exist; nor does anything from 200 on
const register = (n) => (n === 0 ? Math.floor((Date.now() - began) / 100) & 0xffff : bytes.readUInt16BE(2 * n))
const there = (n) => n < 200 && !(n >= 60 && n < 70)

function read(addr, count, unit, callback) {
  if (unit === 2 || (addr < 160 && addr + count > 150)) return // 150 to 159: no answer at all, as from cheap devices
  for (let n = addr; n < addr + count; n++) if (!there(n)) return callback({ modbusErrorCode: 2 }, [])
  callback(null, Array.from({ length: count }, (_, k) => (unit === 3 ? 7 : register(addr + k))))
}
const one = (addr, unit, callback, many) => many(addr, 1, unit, (error, values) => callback(error, values[0]))
const vector = {
  getMultipleHoldingRegisters: read,
  getHoldingRegister: (addr, unit, callback) => one(addr, unit, callback, read),
  getInputRegister: (addr, unit, callback) => one(addr, unit, callback, vector.getMultipleInputRegisters),
  getMultipleInputRegisters: (addr, count, unit, callback) =>
    unit === 2 ? undefined : callback(null, Array.from({ length: count }, (_, k) => 1000 + addr + k)),
  getCoil: (addr, unit, callback) => unit !== 2 && callback(null, addr % 3 === 0),
  getDiscreteInput: (addr, unit, callback) => unit !== 2 && callback(null, addr % 2 === 0),
}
new ModbusRTU.ServerTCP(vector, { host: "127.0.0.1", port, unitID: 255 })
