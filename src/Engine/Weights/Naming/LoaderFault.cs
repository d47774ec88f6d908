namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Known faults of official loaders of pre-trained weights. The paper's results were computed with them. They have names so that reports can mention them.</summary>
public enum LoaderFault
{
    /// <summary>SUP's loader finds none of the file's names in SwinUNETR and silently loads nothing. The row of the paper is therefore trained from scratch.</summary>
    SupFillsNothing,

    /// <summary>TransVW's loader copies the one output of the pretext task into every class, so all classes begin with the same weights and bias.</summary>
    TransvwBroadcastsOutput,
}
