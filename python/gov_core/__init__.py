"""Community governance (社区治理): places, bodies, checklists, cases and an exact routing core."""
