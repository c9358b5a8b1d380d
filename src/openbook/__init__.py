"""openbook: from a folder of documents to checked answers, trained models, and a verdict.

The rooms, in the order in which data passes through them; a room imports only from rooms
above it:

    types, errors, stage, artifacts   the values and the algebra
    text         language, sentences, terms
    models       language models and encoders behind small protocols
    corpus       files -> Document -> Passage
    knowledge    the knowledge base and its versions
    retrieve     Query -> Ranking
    generate     Ranking -> Answer with checked quotes
    methods      one file, one way to answer
    evaluate     labelled questions, measures
    project      the project folder and the Runtime
    cli          one thin file a verb
"""

__version__ = "0.1.0"
