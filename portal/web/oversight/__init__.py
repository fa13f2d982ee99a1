"""How far the institutions have come, for the regional offices and the operator. It names no child."""
