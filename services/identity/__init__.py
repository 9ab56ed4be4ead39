"""Identity: organisations and their people, who is signed in, programmes, mentorships and their agreements."""
