namespace HiEndMae.Configuration;

/// <summary>What a config can say about one component.</summary>
/// <param name="Slot">Where it fits.</param>
/// <param name="Name">The value of <c>plugin =</c>.</param>
/// <param name="Summary">From the config record's XML summary.</param>
/// <param name="Schema">Keys, types, constraints and documentation.</param>
public record ComponentSchema(Slot Slot, string Name, string Summary, SectionSchema Schema);
