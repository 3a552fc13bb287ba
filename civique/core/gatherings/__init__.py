"""What people come to: a moment and a place in the agenda, those convened, who came, minutes and documents."""
