"""The simulated shop floor: real servers on loopback that play the demo's machines in real time."""
