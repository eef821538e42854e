//! Cost models, device profiles and the quantum-or-classical decision.
