"""The sample newsroom: nine invented outlets on loopback with articles that we wrote, and the replay of captured pages."""
