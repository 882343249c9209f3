"""Series -> answers: pure functions, in folders by field."""
