//! The cascade: from those who were trained as trainers to the people reached.
