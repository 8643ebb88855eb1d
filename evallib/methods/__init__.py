"""The evaluation methods that need more than a formula: questionnaires, panels of experts, what became of findings. Pure."""
