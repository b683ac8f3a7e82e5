"""Pictures drawn sharp, film strips, and equations with their pictures."""
