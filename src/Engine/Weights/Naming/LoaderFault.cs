namespace HiEndMae.Engine.Weights.Naming;

/// <summary>What official loaders do to pre-trained weights against their intent. The paper's rows were made so; named, to be understood.</summary>
public enum LoaderFault
{
    /// <summary>SUP's loader finds none of its file's names in SwinUNETR and fills nothing, without a word: the row is one from scratch.</summary>
    SupFillsNothing,

    /// <summary>TransVW's loader copies the one output of the pretext task into every class, which all begin with the same weights and bias.</summary>
    TransvwBroadcastsOutput,
}
