"""Short questionnaires about an object: what people thought of a welcome, a training, a mission."""
