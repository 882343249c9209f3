"""A small OPC UA server of the asyncua library, quick to start: PORT NAMESPACES (comma-separated, in their order)."""

import asyncio
import sys

from asyncua import Server, ua


async def main(port: int, spaces: list[str]) -> None:
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/plain")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    for uri in spaces:
        await server.register_namespace(uri)
    space = await server.get_namespace_index("urn:andon:lathe")
    lathe = await server.nodes.objects.add_object(space, "Lathe")
    parts = await lathe.add_variable(ua.NodeId("Parts", space), "Parts", 0, ua.VariantType.UInt32)
    grow = await lathe.add_variable(ua.NodeId("Grow", space), "Grow", False)
    await grow.set_writable()
    grown = False
    async with server:
        for tick in range(1, 10**9):
            await parts.write_value(tick, ua.VariantType.UInt32)
            if not grown and await grow.read_value():
                await lathe.add_variable(ua.NodeId("Late", space), "Late", 1.5)
                grown = True
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2].split(",")))
